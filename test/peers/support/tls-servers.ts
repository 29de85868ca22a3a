import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { startProxy } from '../../../sandbox/network/proxy.ts'
import { trustAndProxy } from '../../support/aws/trust.ts'
import { type Certified, pem, presentation } from './certificates.ts'
import { type OpensslOutput, show } from './openssl.ts'

export type Chain = readonly [Certified, ...Certified[]]

/** TLS servers behind an egress proxy. This process and openssl use the proxy until `end`. */
export interface TlsServers {
  /** Starts a server at `https://NAME` that sends this chain. */
  serve(name: string, chain: Chain, options?: tls.TlsOptions): Promise<void>
  /** Starts a server at port 443 of this name that passes its connections to a function. */
  answer(name: string, connection: (socket: net.Socket) => void): Promise<void>
  /** The output of openssl about the server, with the same trusted roots. */
  show(name: string): Promise<OpensslOutput>
  end(): Promise<void>
}

export async function startTlsServers(roots: readonly Certified[]): Promise<TlsServers> {
  const directory = await mkdtemp(join(tmpdir(), 'workload-identity-'))
  const caFile = join(directory, 'roots.pem')
  const caPem = roots.map(pem).join('')
  await writeFile(caFile, caPem)
  const proxy = await startProxy()
  const restore = trustAndProxy({ caPem }, proxy)
  const servers: net.Server[] = []
  const sockets = new Set<net.Socket>()

  async function listen(name: string, server: net.Server): Promise<void> {
    servers.push(server)
    server.on('connection', (socket: net.Socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    })
    proxy.route(`${name}:443`, await listenOnFreePort(server))
  }

  return {
    async serve(name, chain, options = {}) {
      // With an empty list of authorities, because Node would otherwise append the root to a single certificate.
      const server = tls.createServer({ ...presentation(chain), ca: [], ...options }, (socket) => socket.end())
      server.on('tlsClientError', (_error, socket) => socket.destroy())
      await listen(name, server)
    },
    answer: (name, connection) => listen(name, net.createServer(connection)),
    show: (name) => show({ name, caFile, proxy: new URL(proxy.url).host }),
    async end() {
      restore()
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
      await proxy.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
