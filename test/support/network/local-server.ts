import { createServer, type RequestListener } from 'node:http'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'

/** Starts a server on 127.0.0.1. @param handlerOf returns the handler for the server's URL */
export async function localServer(
  handlerOf: (url: string) => RequestListener | Promise<RequestListener>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer()
  const url = `http://127.0.0.1:${await listenOnFreePort(server)}`
  server.on('request', await handlerOf(url))
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
