import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { listenOnFreePort } from './listen.ts'

export interface ConnectProxy {
  /** `http://127.0.0.1:PORT`, for HTTPS_PROXY. */
  url: string
  /** Sends connections for `host:port` to a port of this machine. */
  route(hostAndPort: string, localPort: number): void
  /** Adds an address to a name. Connections for the name go to its addresses in turn. */
  alsoAt(hostAndPort: string, localPort: number): void
  unroute(hostAndPort: string): void
  /** Sets a function that is called before a name without a route is refused. It may add the route. */
  beforeRefusal(find: (hostAndPort: string) => Promise<void>): void
  /** Starts another proxy for the same names. The new proxy uses only the first address of each name. */
  anotherWay(): Promise<ConnectProxy>
  /** The number of requests for each `host:port`, including refused requests. */
  asked: ReadonlyMap<string, number>
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/**
 * An HTTP CONNECT proxy for the names in its table. It is the egress proxy of the sandbox's functions, and the bastion
 * before a management cluster. A request for a name that is not in the table gets 403, as from a company's proxy. If
 * nothing listens on the port of a name, a request gets 502.
 *
 * @param firstPort the port to try first, and then the ports after it; 0 takes any
 */
export function startProxy(firstPort = 0): Promise<ConnectProxy> {
  return startWith({ ports: new Map(), find: async () => {} }, inTurn(), firstPort)
}

interface Table {
  readonly ports: Map<string, readonly number[]>
  find: (hostAndPort: string) => Promise<void>
}
type Take = (name: string, ports: readonly number[]) => number | undefined

function inTurn(): Take {
  const turns = new Map<string, number>()
  return (name, ports) => {
    const turn = turns.get(name) ?? 0
    turns.set(name, turn + 1)
    return ports[turn % ports.length]
  }
}

async function startWith(table: Table, take: Take, firstPort = 0): Promise<ConnectProxy> {
  const { ports } = table
  const asked = new Map<string, number>()
  const { server, close } = tunnelServer(async (target) => {
    const name = target.toLowerCase()
    asked.set(name, (asked.get(name) ?? 0) + 1)
    if (!ports.has(name)) await table.find(name).catch(() => {})
    return take(name, ports.get(name) ?? []) ?? '403 Forbidden'
  })
  const port = await listenOnFreePort(server, firstPort)

  return {
    url: `http://127.0.0.1:${port}`,
    route: (name, localPort) => void ports.set(name.toLowerCase(), [localPort]),
    alsoAt: (name, localPort) =>
      void ports.set(name.toLowerCase(), [...(ports.get(name.toLowerCase()) ?? []), localPort]),
    unroute: (name) => void ports.delete(name.toLowerCase()),
    beforeRefusal: (find) => {
      table.find = find
    },
    anotherWay: () => startWith(table, (_, [first]) => first),
    asked,
    close,
  }
}

/**
 * An HTTP CONNECT server.
 *
 * @param portOf the local port of a `host:port`, or the status line of the refusal
 */
export function tunnelServer(portOf: (target: string) => Promise<number | string>): {
  readonly server: Server
  close(): Promise<void>
} {
  const open = new Set<Duplex>()
  const server = createServer((_request, response) => {
    response.writeHead(405, { allow: 'CONNECT' }).end('This proxy takes CONNECT only.\n')
  })
  server.on('connection', (socket) => keepIn(open, socket))
  server.on('connect', async (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy())
    const port = await portOf(request.url ?? '').catch(() => '502 Bad Gateway')
    if (typeof port === 'string') refuse(client, port)
    else keepIn(open, tunnel(client, head, port))
  })
  return {
    server,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/**
 * Joins the two ends of a tunnel. Each end may stop sending while the other still sends (RFC 9112 section 9.8). If one
 * end breaks, the other is destroyed.
 */
function tunnel(client: Duplex, head: Buffer, port: number): Socket {
  const upstream = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  let connected = false
  upstream.once('connect', () => {
    connected = true
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    upstream.write(head)
    client.pipe(upstream).pipe(client)
  })
  upstream.on('error', () => (connected ? client.destroy() : refuse(client, '502 Bad Gateway')))
  upstream.on('close', () => connected && !upstream.readableEnded && client.destroy())
  client.on('error', () => upstream.destroy())
  client.on('close', () => !client.readableEnded && upstream.destroy())
  return upstream
}

function refuse(client: Duplex, status: string): void {
  client.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
}

function keepIn(open: Set<Duplex>, socket: Duplex): void {
  open.add(socket)
  socket.once('close', () => open.delete(socket))
}
