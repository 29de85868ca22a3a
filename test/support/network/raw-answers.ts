/** Answers of misbehaving servers, written directly to the socket of an HTTP server. */
import type { RequestListener } from 'node:http'

let open = 0

/** The number of connections that still receive data. A client that gives up closes its connection. */
export function openConnections(): number {
  return open
}

/** Sends these bytes, and ends the connection. */
export function bytes(text: string): RequestListener {
  return (_, response) => response.socket?.end(text)
}

/** Sends the first part, and then the drop every 5 ms, until the client closes the connection. */
export function dripping(first: string, drop: string): RequestListener {
  return (_, { socket }) => {
    open += 1
    socket?.write(first)
    const timer = setInterval(() => socket?.write(drop), 5)
    socket
      ?.on('error', () => socket.destroy())
      .on('close', () => {
        clearInterval(timer)
        open -= 1
      })
  }
}

/** Sends the first part, and then the piece without a pause, until the client closes the connection. */
export function flood(first: string, piece: string): RequestListener {
  return (_, { socket }) => {
    open += 1
    socket?.write(first)
    const more = () => {
      while (!socket?.destroyed && socket?.write(piece));
    }
    socket
      ?.on('drain', more)
      .on('error', () => socket.destroy())
      .on('close', () => {
        open -= 1
      })
    more()
  }
}
