import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/**
 * Listens on 127.0.0.1 and returns the port.
 *
 * @param first the port to try first, then the twenty after it; 0 takes any free one
 */
export async function listenOnFreePort(server: Server, first = 0): Promise<number> {
  for (let port = first; port <= first + 20; port += 1) {
    if (await listen(server, port)) {
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('the server has no port')
      return address.port
    }
  }
  throw new Error(`The ports ${first} to ${first + 20} of 127.0.0.1 are all taken: set PORT to a free one.`)
}

/**
 * A free port of 127.0.0.1, for a program that takes its port as a parameter.
 *
 * @param requested the only port to take; default: any
 * @throws the listener's EADDRINUSE when the requested port is taken
 */
export async function freePort(requested = 0): Promise<number> {
  const server = createServer().listen(requested, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** Matches the errors of Python, Go and MiniStack. */
export const portTaken = /address already in use|:\d+ is already in use/i

/**
 * Starts a program that takes its port as a parameter. If another program takes the port first, tries another port.
 *
 * @param start throws an Error with the program's output in its message
 * @param first the port to try first; 0 takes any
 */
export async function onFreePort<Started>(
  start: (port: number) => Promise<Started>,
  first = 0,
  triesLeft = 3,
): Promise<Started> {
  try {
    return await start(await freePort(first))
  } catch (error) {
    if (triesLeft > 1 && portTaken.test(String(error))) return onFreePort(start, 0, triesLeft - 1)
    throw error
  }
}

/** Ends every connection of an HTTP server, and stops listening. */
export function closeServer(server: {
  close(callback: () => void): unknown
  closeAllConnections(): void
}): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error))
    server.once('error', onError)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError)
      resolve(true)
    })
  })
}
