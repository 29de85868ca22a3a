import { createServer, type Socket } from 'node:net'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'

export interface RawServer {
  readonly url: string
  /** From now on, sends these bytes after the first bytes of each request, and ends the connection. */
  answer(bytes: string): void
  close(): Promise<void>
}

/** Starts a local server that sends any bytes, also other than HTTP. */
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
