import { readdir, readFile, readlink } from 'node:fs/promises'
import { expect, vi } from 'vitest'

export interface Process {
  readonly pid: number
  readonly command: string
}

export interface Listener {
  /** In the notation of the kernel: `0100007F` is 127.0.0.1. */
  readonly address: string
  readonly port: number
}

/** The processes whose command line, environment or working directory names the folder; see proc(5). */
export async function processesOn(folder: string): Promise<Process[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const found = await Promise.all(pids.map((pid) => processIn(pid, folder)))
  return found.filter((one) => one !== undefined)
}

/** Waits until all processes on the folder have ended. A shell that supervises a program ends a moment after it. */
export async function untilNoProcessesOn(folder: string, timeout = 20_000): Promise<void> {
  await vi.waitFor(async () => expect(await processesOn(folder)).toEqual([]), { timeout, interval: 100 })
}

export async function killProcessesOn(folder: string): Promise<void> {
  for (const { pid } of await processesOn(folder)) process.kill(pid, 'SIGKILL')
}

async function processIn(pid: number, folder: string): Promise<Process | undefined> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const [command, environment, cwd] = await Promise.all([
    read('cmdline'),
    read('environ'),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ])
  const named = [command, environment, cwd].some((text) => text.includes(folder))
  return named ? { pid, command: command.replaceAll('\0', ' ') } : undefined
}

/** The sockets on which these processes listen. */
export async function listenersOf(processes: readonly Process[]): Promise<Listener[]> {
  const [sockets, listening] = await Promise.all([
    Promise.all(processes.map(({ pid }) => socketsOf(pid))),
    Promise.all([listeners('/proc/net/tcp'), listeners('/proc/net/tcp6')]),
  ])
  const own = new Set(sockets.flat())
  return listening.flat().filter(({ inode }) => own.has(inode))
}

async function socketsOf(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

async function listeners(table: string): Promise<(Listener & { inode: string })[]> {
  const lines = (await readFile(table, 'utf8')).trim().split('\n').slice(1)
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => {
      const [address = '', port = ''] = (fields[1] ?? '').split(':')
      return { address, port: Number.parseInt(port, 16), inode: fields[9] ?? '' }
    })
}
