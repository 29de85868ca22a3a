import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'
import { processesOn } from '../../../sandbox/support/processes.ts'

/** A port before the API server, for the processes on one folder. */
export interface WatchedPort {
  readonly port: number
  /** The number of connections of these processes. */
  readonly own: number
  /** The command lines of other processes that have connected. Their connections were closed. */
  readonly foreign: readonly string[]
  close(): void
}

/** Forwards the connections of processes whose command line, environment or working directory names the folder. */
export async function watchedPort(target: () => number, folder: string): Promise<WatchedPort> {
  const foreign: string[] = []
  const open = new Set<Socket>()
  let own = 0
  const server = createServer({ pauseOnConnect: true }, async (client) => {
    open.add(client)
    client.on('error', () => client.destroy())
    client.on('close', () => open.delete(client))
    const inode = await inodeOf(client.remotePort ?? 0, client.localPort ?? 0)
    if (!(await hasSocket(inode, folder))) {
      foreign.push(`the process of socket ${inode}`)
      client.destroy()
      return
    }
    own += 1
    const server = connect(target(), '127.0.0.1')
    server.on('error', () => client.destroy())
    server.on('close', () => client.destroy())
    client.on('close', () => server.destroy())
    client.pipe(server).pipe(client)
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

/** The inode of the client's end of a connection on 127.0.0.1; see proc_net_tcp in the documentation of Linux. */
async function inodeOf(clientPort: number, serverPort: number): Promise<string> {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))
  const rows = tables.flatMap((table) => table.split('\n')).map((line) => line.trim().split(/\s+/))
  const row = rows.find(
    (fields) => fields[1]?.endsWith(`:${hex(clientPort)}`) && fields[2]?.endsWith(`:${hex(serverPort)}`),
  )
  return row?.[9] ?? 'unknown'
}

async function hasSocket(inode: string, folder: string): Promise<boolean> {
  const links = await Promise.all((await processesOn(folder)).map(({ pid }) => linksOf(pid)))
  return links.flat().includes(`socket:[${inode}]`)
}

async function linksOf(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  return Promise.all(descriptors.map((one) => readlink(`/proc/${pid}/fd/${one}`).catch(() => '')))
}
