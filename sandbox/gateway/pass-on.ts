import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { type Dispatcher, request } from 'undici'
import { queryOf } from '../../cli/api/query.ts'
import { localUserHeader } from '../../client/local-user.ts'
import type { LocalUsers } from '../local-users.ts'
import { type IssuerCommand, withIssuerCommand } from './issuer-task.ts'
import { refuse } from './refuse.ts'
import type { Signers } from './signers.ts'

/** The address of the deployed API in the sandbox's AWS, and its users. */
export interface Upstream {
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

/** The limit of API Gateway. The API itself refuses bodies above 100 KB. */
const mostBytes = 10 * 1024 * 1024

const operationPath = /^\/v1\/operations\/[^/?]+$/

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
  const unsigned = {
    method: incoming.method ?? 'GET',
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: upstream.port,
    path: url.pathname,
    query: queryOf(url.searchParams),
    headers: { ...passedOn(incoming), host: upstream.host },
    body,
  }
  const { authorization } = incoming.headers
  const { method, headers } = isToken(authorization)
    ? { ...unsigned, headers: { ...unsigned.headers, authorization } }
    : await signer.sign(unsigned)
  const path = `${url.pathname}${url.search}`
  const reply = await request(`http://127.0.0.1:${upstream.port}${path}`, { method, headers, body })
  const isOperation = method === 'GET' && reply.statusCode === 200 && operationPath.test(path)
  await sendBack(reply, isOperation ? issuerCommand : undefined, outgoing)
}

/** Whether the caller has a token of its own, as the agent of a cluster has. */
function isToken(authorization: string | undefined): authorization is string {
  return authorization?.startsWith('Bearer ') ?? false
}

/** Does not repeat the sent value, which may be a secret. */
function unknownUser(names: readonly string[]): string {
  return `the header ${localUserHeader} names no local user: give one of ${names.join(', ')}, or omit the header to use ${names[0]}`
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

/** @param issuerCommand added if the operation waits for another issuer; undefined unless the reply is an operation */
async function sendBack(
  reply: Dispatcher.ResponseData,
  issuerCommand: IssuerCommand | undefined,
  outgoing: ServerResponse,
): Promise<void> {
  const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = reply.headers
  if (issuerCommand === undefined || !String(headers['content-type']).startsWith('application/json')) {
    outgoing.writeHead(reply.statusCode, headers)
    return pipeline(reply.body, outgoing)
  }
  const body = withIssuerCommand(await reply.body.text(), issuerCommand)
  outgoing.writeHead(reply.statusCode, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}
