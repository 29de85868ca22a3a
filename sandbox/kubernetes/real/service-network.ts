import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { listenOnSocket } from './listen-on-socket.ts'
import { join, OpenStreams } from './streams.ts'

/** Connects to an address of the cluster's network, as from one of its nodes. */
export type Dial = (address: string, port: number) => Promise<Duplex>

export interface ServiceNetworkOptions {
  /** The file of the Unix socket, as the API server's EgressSelectorConfiguration names it. */
  readonly socket: string
  readonly dial: Dial
}

/**
 * The cluster's network as its API server reaches it: an HTTP CONNECT proxy on a Unix socket, for the egress selection
 * `cluster` of https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/. What the dialling failed with is the
 * reason phrase of the answer, which the API server repeats: `code 502: 502 connect: connection refused`.
 */
export async function startServiceNetwork({
  socket,
  dial,
}: ServiceNetworkOptions): Promise<{ close(): Promise<void> }> {
  const open = new OpenStreams()
  const server = createServer()
  server.on('connection', (client) => open.add(client))
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    connectTo(request.url ?? '', dial).then(
      (upstream) => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        if (head.length > 0) upstream.write(head)
        join(client, open.add(upstream))
      },
      (error: unknown) => refuse(client, error instanceof Error ? error.message : String(error)),
    )
  })
  return listenOnSocket(server, socket, open)
}

async function connectTo(target: string, dial: Dial): Promise<Duplex> {
  const [, address = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(target) ?? []
  return dial(address, Number(port))
}

function refuse(client: Duplex, reason: string): void {
  client.on('error', () => client.destroy())
  client.end(`HTTP/1.1 502 ${reason}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
}
