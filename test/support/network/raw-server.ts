import { createServer, type Socket } from 'node:net'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'

export interface RawServer {
  readonly url: string
  /** Sends these bytes after the first bytes of each request from now on, and ends the connection. */
  answer(bytes: string): void
  close(): Promise<void>
}

/** A server on this machine that sends bytes of the test's choice, whether they are HTTP or not. */
export async function startRawServer(): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let bytes = ''
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('data', () => socket.end(bytes)).on('error', () => socket.destroy())
  })
  const port = await listenOnFreePort(server)
  return {
    url: `http://127.0.0.1:${port}`,
    answer(next) {
      bytes = next
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
