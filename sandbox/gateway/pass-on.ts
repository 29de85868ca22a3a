import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { queryOf } from '../../cli/api/query.ts'
import { localUserHeader } from '../../client/local-user.ts'
import type { LocalUsers } from '../local-users.ts'
import { type IssuerCommand, withIssuerCommand } from './issuer-task.ts'
import { refuse } from './refuse.ts'
import type { Signers } from './signers.ts'

/** Where the deployed API answers inside of the sandbox's AWS, and who may ask. */
export interface Upstream {
  /** The port of the sandbox's AWS on 127.0.0.1. */
  readonly port: number
  /** The API's own name, which selects it: `ID.execute-api.localhost:PORT`. */
  readonly host: string
  readonly region: string
  readonly users: LocalUsers
}

interface SignedApi {
  readonly upstream: Upstream
  readonly signers: Signers
  readonly issuerCommand: IssuerCommand
}

/** API Gateway takes 10 MB; the API itself refuses bodies above 100 KB, and shall do so here too. */
const mostBytes = 10 * 1024 * 1024

/** Of one operation. */
const operationPath = /^\/v1\/operations\/[^/?]+$/

/** Signs a request (SigV4) for the local user that it names, and sends the API's reply back. */
export async function passOn(
  { upstream, signers, issuerCommand }: SignedApi,
  incoming: IncomingMessage,
  url: URL,
  outgoing: ServerResponse,
): Promise<void> {
  const signer = signers.of(incoming.headers)
  if (signer === undefined) return refuse(outgoing, 400, unknownUser(signers.names))
  const body = await read(incoming)
  if (body === undefined) return refuse(outgoing, 413, 'the body is larger than 10 MB')
  const { method, headers } = await signer.sign({
    method: incoming.method ?? 'GET',
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: upstream.port,
    path: url.pathname,
    query: queryOf(url.searchParams),
    headers: { ...passedOn(incoming), host: upstream.host },
    body,
  })
  const path = `${url.pathname}${url.search}`
  await send({ method, headers, path, body }, upstream.port, (reply) =>
    sendBack(reply, { method, path, issuerCommand }, outgoing),
  )
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

interface SignedMessage {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly path: string
  readonly body: Buffer
}

/** Sends it to the sandbox's AWS, and ends when the reply is taken. */
function send(
  { method, headers, path, body }: SignedMessage,
  port: number,
  take: (reply: IncomingMessage) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, 'content-length': String(body.length) } },
      (reply) => {
        take(reply).then(resolve, reject)
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

interface Answered {
  readonly method: string
  readonly path: string
  readonly issuerCommand: IssuerCommand
}

async function sendBack(
  reply: IncomingMessage,
  { method, path, issuerCommand }: Answered,
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
