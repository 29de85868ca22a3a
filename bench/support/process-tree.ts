import { readdir, readFile, readlink } from 'node:fs/promises'

/** The resource usage of this process and all its descendants. */
export interface Footprint {
  /** The sum of proportional set sizes, which counts shared memory once: proc_pid_smaps(5). */
  readonly megabytes: number
  /** The number of processes that run functions. */
  readonly functions: number
  /** The number of open file descriptors of all processes. */
  readonly descriptors: number
  /** The number of connections that only the other side has closed. */
  readonly closeWait: number
}

export async function footprint(): Promise<Footprint> {
  const pids = await ownPids()
  const each = await Promise.all(pids.map(usageOf))
  const sum = (of: (one: (typeof each)[number]) => number) => each.reduce((total, one) => total + of(one), 0)
  return {
    megabytes: Math.round(sum(({ kilobytes }) => kilobytes) / 1024),
    functions: each.filter(({ command }) => command.includes('runtime.mjs')).length,
    descriptors: sum(({ descriptors }) => descriptors.length),
    closeWait: await closeWaiting(each.flatMap(({ descriptors }) => descriptors)),
  }
}

/** This process and its descendants. */
async function ownPids(): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const pid of (await readdir('/proc')).map(Number).filter((number) => number > 0)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    parents.set(pid, Number(stat.replace(/^.*\) /s, '').split(' ')[1]))
  }
  const isOwn = (pid: number | undefined): boolean => {
    if (pid === undefined || pid <= 1) return false
    return pid === process.pid || isOwn(parents.get(pid))
  }
  return [...parents.keys()].filter(isOwn)
}

async function usageOf(pid: number) {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const [rollup, command] = await Promise.all([read('smaps_rollup'), read('cmdline')])
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const descriptors = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return { kilobytes: Number(/^Pss: +(\d+)/m.exec(rollup)?.[1] ?? 0), command, descriptors }
}

/** Returns how many of these descriptors are sockets that /proc/net/tcp lists in state 08 (CLOSE_WAIT). */
async function closeWaiting(descriptors: readonly string[]): Promise<number> {
  const own = new Set(descriptors)
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
  return lines.filter((fields) => fields[3] === '08' && own.has(`socket:[${fields[9]}]`)).length
}
