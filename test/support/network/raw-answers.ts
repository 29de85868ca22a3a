/** Answers that no well-behaved server gives, written to the socket below a server of HTTP. */
import type { RequestListener } from 'node:http'

let open = 0

/** How many connections go on being sent on: a client that gives up closes its own. */
export function openConnections(): number {
  return open
}

/** Sends these bytes as they are, and ends the connection. */
export function bytes(text: string): RequestListener {
  return (_, response) => response.socket?.end(text)
}

/** Sends the first part, and then the drop again and again, until the client is away. */
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

/** Sends the piece without a pause, until the client is away. */
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
