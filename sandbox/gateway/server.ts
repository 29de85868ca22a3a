import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { localUsersPath } from '../../client/local-user.ts'
import { closeServer, listenOnFreePort } from '../network/listen.ts'
import { clustersPath } from '../own-clusters/own-cluster.ts'
import { type ClusterMaker, makeCluster } from './cluster-request.ts'
import { refusalOf } from './guard.ts'
import type { IssuerCommand } from './issuer-task.ts'
import { passOn, type Upstream } from './pass-on.ts'
import type { PortalFiles } from './portal-files.ts'
import { refuse } from './refuse.ts'
import { Signers } from './signers.ts'

/** Answers, or returns false if it has nothing at this path. */
export type Portal = Pick<PortalFiles, 'answer'>

export interface Gateway {
  readonly url: string
  /** From now on, the port also serves the portal. */
  servePortal(served: Portal): void
  /** From now on, the port also creates clusters: `PUT /sandbox/clusters?name=NAME&kind=KIND`. */
  onClusterWanted(maker: ClusterMaker): void
  close(): Promise<void>
}

/** Only requests below this path are signed and passed on. Other paths are APIs of MiniStack itself. */
const apiPath = '/v1/'

export interface GatewayOptions {
  readonly firstPort: number
  readonly portal?: Portal | undefined
  /** Returns the command to show first in an operation that waits for another issuer. By default none is added. */
  readonly issuerCommand?: IssuerCommand
}

/**
 * Serves the API on one port of 127.0.0.1. Signs each request (SigV4) for the local user that the request names, so
 * that curl works. Also serves the portal, so that the portal and the API have the same origin.
 */
export async function startGateway(
  upstream: Upstream,
  { firstPort, portal: firstPortal, issuerCommand = () => undefined }: GatewayOptions,
): Promise<Gateway> {
  const signers = new Signers(upstream.users, upstream.region)
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      refuse(outgoing, 502, error instanceof Error ? error.message : 'the API did not answer')
    })
  })

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', `http://${upstream.host}`)
    const isForCluster = url.pathname === clustersPath && incoming.method === 'PUT'
    if (!url.pathname.startsWith(apiPath) && !isForCluster) return answerBeside(incoming, url.pathname, outgoing)
    const refusal = refusalOf(incoming.headers, port)
    if (refusal !== undefined) return refuse(outgoing, 403, refusal)
    if (isForCluster) return makeCluster(maker, Object.fromEntries(url.searchParams), outgoing)
    return passOn({ upstream, signers, issuerCommand }, incoming, url, outgoing)
  }

  /** Answers all callers, because nothing here is signed or secret, and any site may link to a page of the portal. */
  function answerBeside(incoming: IncomingMessage, pathname: string, outgoing: ServerResponse): void {
    if (pathname === localUsersPath) sendUsers(signers.names, outgoing)
    else if (!portal?.answer(incoming, pathname, outgoing))
      refuse(outgoing, 404, `nothing is at ${pathname}: the API is below ${apiPath}`)
  }

  let portal = firstPortal
  let maker: ClusterMaker | undefined
  const port = await listenOnFreePort(server, firstPort)
  return {
    url: `http://127.0.0.1:${port}`,
    servePortal: (served) => {
      portal = served
    },
    onClusterWanted: (made) => {
      maker = made
    },
    close: () => closeServer(server),
  }
}

function sendUsers(users: readonly string[], outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  outgoing.end(JSON.stringify({ users }))
}
