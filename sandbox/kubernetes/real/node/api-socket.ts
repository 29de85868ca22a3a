import { connect, createServer } from 'node:net'
import { listenOnSocket } from '../listen-on-socket.ts'
import { join, OpenStreams } from '../streams.ts'

/** Leads connections of this Unix socket to the API server's port: pods, which have networks of their own, reach it so. */
export async function startApiSocket(file: string, apiPort: number): Promise<{ close(): Promise<void> }> {
  const open = new OpenStreams()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    join(open.add(client), open.add(connect({ host: '127.0.0.1', port: apiPort, allowHalfOpen: true })))
  })
  return listenOnSocket(server, file, open)
}
