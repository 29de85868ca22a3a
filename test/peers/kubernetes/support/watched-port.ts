import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'

/** A port before the API server, for the processes on one folder. */
export interface WatchedPort {
  readonly port: number
  /** The number of connections of these processes. */
  readonly own: number
  /** The command lines of other processes that have connected. Their connections were closed. */
  readonly foreign: readonly string[]
  close(): void
}

/** Forwards the connections of processes whose environment names the folder. */
export async function watchedPort(target: () => number, folder: string): Promise<WatchedPort> {
  const foreign: string[] = []
  const open = new Set<Socket>()
  let own = 0
  const server = createServer((client) => {
    open.add(client)
    client.on('close', () => open.delete(client))
    client.on('error', () => client.destroy())
    const pid = clientOf(client)
    if (!textOf(pid, 'environ').includes(folder)) {
      foreign.push(pid === undefined ? 'a process that has ended' : textOf(pid, 'cmdline'))
      client.destroy()
      return
    }
    own += 1
    const upstream = connect(target(), '127.0.0.1')
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.pipe(upstream).pipe(client)
  })
  const port = await listenOnFreePort(server)
  return {
    port,
    foreign,
    get own() {
      return own
    },
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

/** The ID of the process at the other end of a connection on 127.0.0.1. Synchronous, before the process can close it. */
function clientOf({ remotePort = 0, localPort = 0 }: Socket): string | undefined {
  const [from, to] = [remotePort, localPort].map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`)
  // The second and the third column are the addresses, and the tenth is the inode of the socket; see proc(5).
  const row = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(from ?? '') && remote?.endsWith(to ?? ''))
  const link = `socket:[${row?.[9]}]`
  return entriesOf('/proc').find(
    (pid) => /^\d+$/.test(pid) && entriesOf(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === link),
  )
}

function textOf(pid: string | undefined, file: string): string {
  return orNothing(() => readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ')) ?? ''
}

const entriesOf = (folder: string): string[] => orNothing(() => readdirSync(folder)) ?? []
const linkOf = (file: string) => orNothing(() => readlinkSync(file))

/** Undefined for what has ended meanwhile. */
function orNothing<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
