import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { localUserHeader, localUsersPath } from '../../cli/api/local-user.ts'
import { queryOf } from '../../cli/api/query.ts'
import type { LocalUsers } from '../local-users.ts'
import { listenOnFreePort } from '../network/listen.ts'
import { clustersPath } from '../own-clusters/own-cluster.ts'
import { refusalOf } from './guard.ts'
import { type IssuerCommand, withIssuerCommand } from './issuer-task.ts'
import type { PortalFiles } from './portal-files.ts'
import { Signers } from './signers.ts'

/** Where the deployed API answers inside of the sandbox's AWS, and who may ask. */
export interface Upstream {
  /** The port of the sandbox's AWS on 127.0.0.1. */
  readonly port: number
  /** The API's own name, which selects it: `ID.execute-api.localhost:PORT`. */
  readonly host: string
  readonly region: string
  readonly users: LocalUsers
}

/** What somebody asks the sandbox itself for: a cluster, by the parameters of the URL. */
export type ClusterMaker = (wanted: Readonly<Record<string, string>>) => Promise<object>

/** What is asked for cannot be had. The message says why, and what to do. */
export class RefusedCluster extends Error {}

/** Answers, or gives back that it has nothing at this path. */
export type Portal = Pick<PortalFiles, 'answer'>

export interface Gateway {
  readonly url: string
  /** From now on the port serves this beside the API. */
  servePortal(served: Portal): void
  /** From now on the port makes clusters, too: `PUT /sandbox/clusters?name=NAME&kind=KIND`. */
  onClusterWanted(maker: ClusterMaker): void
  close(): Promise<void>
}

/** API Gateway takes 10 MB; the API itself refuses bodies above 100 KB, and shall do so here too. */
const mostBytes = 10 * 1024 * 1024

/** Requests to other paths would reach MiniStack's own, with a signature. */
const apiPath = '/v1/'

/** Of one operation. */
const operationPath = /^\/v1\/operations\/[^/?]+$/

export interface GatewayOptions {
  /** The port to take; when it is taken, the next free one. */
  readonly firstPort: number
  /** What is served beside the API; left out: nothing. */
  readonly portal?: Portal | undefined
  /** What operations that wait for another issuer name first; left out: nothing. */
  readonly issuerCommand?: IssuerCommand
}

/**
 * Serves the API on one port of 127.0.0.1 and signs each request (SigV4) for the local user that it names, so that curl
 * works. Beside it the portal, which then needs no other origin.
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
    if (isForCluster) return makeCluster(Object.fromEntries(url.searchParams), outgoing)
    return passOn(incoming, url, outgoing)
  }

  async function passOn(incoming: IncomingMessage, url: URL, outgoing: ServerResponse): Promise<void> {
    const signer = signers.of(incoming.headers)
    if (signer === undefined) return refuse(outgoing, 400, unknownUser(signers.names))
    const body = await read(incoming)
    if (body === undefined) return refuse(outgoing, 413, 'the body is larger than 10 MB')
    const signed = await signer.sign({
      method: incoming.method ?? 'GET',
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: upstream.port,
      path: url.pathname,
      query: queryOf(url.searchParams),
      headers: { ...passedOn(incoming), host: upstream.host },
      body,
    })
    await forward(
      { signed: signed.headers, method: signed.method, path: `${url.pathname}${url.search}`, body },
      outgoing,
    )
  }

  /** Whoever asks: nothing here is signed or secret, and a link to a page of the portal may be anywhere. */
  function answerBeside(incoming: IncomingMessage, pathname: string, outgoing: ServerResponse): void {
    if (pathname === localUsersPath) sendUsers(outgoing)
    else if (!portal?.answer(incoming, pathname, outgoing))
      refuse(outgoing, 404, `nothing is at ${pathname}: the API is below ${apiPath}`)
  }

  function sendUsers(outgoing: ServerResponse): void {
    outgoing.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    outgoing.end(JSON.stringify({ users: signers.names }))
  }

  async function makeCluster(wanted: Readonly<Record<string, string>>, outgoing: ServerResponse): Promise<void> {
    if (maker === undefined) return refuse(outgoing, 503, 'the sandbox is starting: try again')
    try {
      const made = await maker(wanted)
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(made)}\n`)
    } catch (error) {
      if (!(error instanceof RefusedCluster)) throw error
      refuse(outgoing, 409, error.message)
    }
  }

  function forward(
    message: { signed: Record<string, string>; method: string; path: string; body: Buffer },
    outgoing: ServerResponse,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: upstream.port,
          method: message.method,
          path: message.path,
          headers: { ...message.signed, 'content-length': String(message.body.length) },
        },
        (reply) => {
          sendBack(reply, message, outgoing).then(resolve, reject)
        },
      )
      call.on('error', reject)
      call.end(message.body)
    })
  }

  async function sendBack(
    reply: IncomingMessage,
    { method, path }: { method: string; path: string },
    outgoing: ServerResponse,
  ): Promise<void> {
    const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = reply.headers
    const status = reply.statusCode ?? 502
    const isJson = headers['content-type']?.startsWith('application/json') === true
    if (method !== 'GET' || status !== 200 || !isJson || !operationPath.test(path)) {
      outgoing.writeHead(status, headers)
      return pipeline(reply, outgoing)
    }
    const body = withIssuerCommand(await text(reply), issuerCommand)
    outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What was sent is not repeated: it may be a mistake of any kind. */
function unknownUser(names: readonly string[]): string {
  return `the header ${localUserHeader} names no local user: give one of ${names.join(', ')}, or leave it out for ${names[0]}`
}

const passedHeaders = ['content-type', 'accept', 'idempotency-key', 'if-match', 'user-agent'] as const

function passedOn(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of passedHeaders) {
    const value = incoming.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return headers
}

async function read(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming) {
    length += chunk.length
    if (length > mostBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function refuse(outgoing: ServerResponse, status: number, detail: string): void {
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(status, { 'content-type': 'application/problem+json' })
  outgoing.end(`${JSON.stringify({ status, title: 'The local port refused the request', detail })}\n`)
}
