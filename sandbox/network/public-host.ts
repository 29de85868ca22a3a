import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Authority, Leaf } from './authority.ts'
import { closeServer, listenOnFreePort } from './listen.ts'
import type { ConnectProxy } from './proxy.ts'

export interface PublicHost {
  readonly port: number
  present(leaf: Leaf): void
  /**
   * Adds an address with this chain to each name, as on a host that replaces its certificates address by address.
   * Clients that use only the first address do not get this chain.
   */
  announce(leaf: Leaf): Promise<void>
  withdraw(): Promise<void>
  /** Ends every connection, stops listening and takes the names out of the proxy. */
  close(): Promise<void>
}

export interface PublicHostOptions {
  readonly authority: Authority
  readonly proxy: ConnectProxy
  /** DNS names, each reachable on port 443 through the proxy. */
  readonly names: readonly string[]
  readonly handler: RequestListener
}

/** A TLS server with these public names, with a certificate of the sandbox's authority. */
export async function startPublicHost(options: PublicHostOptions): Promise<PublicHost> {
  const { authority, proxy, names, handler } = options
  const server = serverOf(await authority.issue([...names]), handler)
  const servers = [server]
  const port = await listenOnFreePort(server)
  for (const name of names) proxy.route(`${name}:443`, port)

  return {
    port,
    present: (leaf) => server.setSecureContext({ key: leaf.key, cert: leaf.chain }),
    async announce(leaf) {
      const another = serverOf(leaf, handler)
      servers.push(another)
      const itsPort = await listenOnFreePort(another)
      for (const name of names) proxy.alsoAt(`${name}:443`, itsPort)
    },
    async withdraw() {
      for (const name of names) proxy.route(`${name}:443`, port)
      await Promise.all(servers.splice(1).map(closeServer))
    },
    async close() {
      for (const name of names) proxy.unroute(`${name}:443`)
      await Promise.all(servers.map(closeServer))
    },
  }
}

function serverOf({ key, chain }: Leaf, handler: RequestListener): Server {
  const server = createServer({ key, cert: chain }, handler)
  // A client breaks off the handshake if it does not trust the chain. This is no error of the host.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}
