import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MemoryCallLog } from '../../call-log.ts'
import { brokenAnswerOf, type ErrorAnswer, errorAnswerOf, type FaultKind, type MemoryFaults } from '../../faults.ts'
import { sendBroken } from '../../network/broken-answers.ts'
import type { KeyPair } from '../../network/certificates.ts'
import { closeServer, listenOnFreePort } from '../../network/listen.ts'
import { restartPath, restartWith } from '../clusters/restart.ts'
import { type Answer, type Call, type ClusterContext, isDryRun } from '../context.ts'
import { asString, at, type JsonObject } from '../objects/objects.ts'
import { authenticate, type Credentials, impersonated, type User } from './authentication.ts'
import { attributesOf, denied, isAllowed, isPathAllowed } from './authorization.ts'
import { dispatch } from './dispatch.ts'
import { healthOf, isHealthPath, nonResourceDocument } from './non-resources.ts'
import {
  type ApiRequest,
  isResourcePath,
  type ResourceRequest,
  readRequest,
  readResourceRequest,
} from './request-info.ts'
import {
  ApiError,
  badRequest,
  forbidden,
  notAcceptable,
  tooManyRequests,
  unauthorized,
  unavailable,
  unexpectedError,
} from './status.ts'
import { watch } from './watching.ts'

const bodyLimit = 3 * 1024 * 1024

export interface ServerParts {
  readonly cluster: ClusterContext
  readonly adminToken: string
  readonly serving: KeyPair
  readonly calls: MemoryCallLog
  readonly faults: MemoryFaults
}

/** A request that is being answered, with its data for the call log. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly api: ApiRequest
  readonly startedAt: number
  readonly warnings: string[]
  actor: string
  object: string
  write: boolean
  fault: FaultKind | undefined
}

/** The HTTP server of a cluster's API: authentication, authorization, dispatch, and the call log. */
export class EmulatedApiServer {
  readonly #parts: ServerParts
  readonly #server: Server
  port = 0

  constructor(parts: ServerParts) {
    this.#parts = parts
    const { key, certificate } = parts.serving
    const tls = {
      key,
      cert: certificate,
      ca: parts.cluster.authority.caPem,
      requestCert: true,
      rejectUnauthorized: false,
    }
    this.#server = createServer(tls, (request, response) => void this.#handle(request, response))
  }

  async listen(): Promise<void> {
    this.port = await listenOnFreePort(this.#server)
  }

  close(): Promise<void> {
    return closeServer(this.#server)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const api = readRequest(request)
    const startedAt = Date.now()
    const exchange: Exchange = {
      request,
      response,
      api,
      startedAt,
      warnings: [],
      actor: 'system:anonymous',
      object: api.path,
      write: false,
      fault: undefined,
    }
    try {
      const answer = await this.#answer(exchange)
      this.#record(exchange)
      const { object, write } = exchange
      const interrupted = await this.#parts.faults.answerOf({ operation: operationOf(api), object, write })
      if (interrupted === 'dropped') exchange.fault = 'drop-response'
      if (answer) send(exchange, answer)
    } catch (error) {
      this.#record(exchange)
      send(exchange, errorAnswer(error))
    }
  }

  /** Returns undefined for a watch, which writes its own response. */
  async #answer(exchange: Exchange): Promise<Answer | undefined> {
    const { cluster } = this.#parts
    const user = await this.#userOf(exchange)
    exchange.actor = user.name
    if (!isResourcePath(exchange.api.path)) return this.#answerPath(exchange, user)
    const target = readResourceRequest(exchange.api, cluster.types)
    exchange.object = nameOf(target)
    await this.#takeFault(exchange, { user, target })
    if (!isAllowed(user, attributesOf(target), cluster.store)) throw denied(user, target)
    const call = this.#callOf(exchange, user, target)
    if (target.verb === 'watch') {
      watch(call, exchange.response)
      return undefined
    }
    const answer = await dispatch({ ...call, body: (await readBody(exchange.request)).toString() })
    exchange.write = isWrite(call)
    if (target.name === undefined && target.verb === 'create') exchange.object = createdName(target, answer)
    return answer
  }

  async #userOf({ request }: Exchange): Promise<User> {
    const { adminToken, cluster } = this.#parts
    const credentials: Credentials = { adminToken, signer: cluster.signer, store: cluster.store }
    const user = await authenticate(request, credentials)
    if (!user) throw unauthorized()
    return impersonated(user, request)
  }

  async #takeFault(exchange: Exchange, who: { user: User; target: ResourceRequest } | undefined): Promise<void> {
    const operation = operationOf(exchange.api)
    const fault = this.#parts.faults.take({ operation, object: exchange.object, actor: exchange.actor })
    exchange.fault = fault?.kind
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs)
    // This error is not sent: `send` closes the connection instead.
    if (fault?.kind === 'drop-request') throw outOfService.unavailable()
    const refusal = errorAnswerOf(fault?.kind)
    if (!refusal) return
    if (refusal !== 'refuse') throw outOfService[refusal]()
    throw who ? denied(who.user, who.target) : pathDenied(exchange)
  }

  async #answerPath(exchange: Exchange, user: User): Promise<Answer> {
    const { api } = exchange
    const { cluster } = this.#parts
    await this.#takeFault(exchange, undefined)
    if (!isPathAllowed(user, { verb: api.method.toLowerCase(), path: api.path }, cluster.store))
      throw pathDenied(exchange)
    if (api.path === restartPath) return this.#restart(exchange, user)
    if (isHealthPath(api.path)) return healthOf(api.path, cluster)
    if (!takesKeySet(api)) throw notAcceptable()
    return { code: 200, body: await nonResourceDocument(api.path, cluster) }
  }

  async #restart(exchange: Exchange, user: User): Promise<Answer> {
    if (exchange.api.method !== 'PUT' || !user.groups.includes('system:masters')) throw pathDenied(exchange)
    return restartWith(this.#parts.cluster, (await readBody(exchange.request)).toString())
  }

  #callOf(exchange: Exchange, user: User, target: ResourceRequest): Call {
    const { api } = exchange
    const agent = api.userAgent.split('/')[0] || 'unknown'
    const { query, contentType, accept } = api
    const { cluster } = this.#parts
    return { cluster, user, target, query, contentType, accept, agent, warnings: exchange.warnings, body: '' }
  }

  #record({ api, startedAt, actor, object, write }: Exchange): void {
    const durationMs = Date.now() - startedAt
    this.#parts.calls.add({
      at: startedAt,
      actor,
      operation: operationOf(api),
      object,
      write,
      durationMs,
      agent: api.userAgent,
    })
  }
}

const outOfService: Readonly<Record<Exclude<ErrorAnswer, 'refuse'>, () => ApiError>> = {
  throttle: tooManyRequests,
  break: () => unexpectedError('unknown'),
  unavailable,
}

function pathDenied({ actor, api }: Exchange): ApiError {
  return forbidden(`forbidden: User "${actor}" cannot ${api.method.toLowerCase()} path "${api.path}"`)
}

/** `PATCH /apis/apps/v1/namespaces/a/deployments/b` */
function operationOf({ method, path }: ApiRequest): string {
  return `${method} ${path}`
}

/** Returns `Deployment namespace/name`, without the parts that the request lacks. */
function nameOf({ type, namespace, name = '' }: ResourceRequest): string {
  return `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`.trim()
}

function createdName(target: ResourceRequest, { body }: Answer): string {
  const name = asString(at(body, 'metadata', 'name'))
  return nameOf({ ...target, name })
}

/** Whether the call stores something. Token requests, reviews and dry runs store nothing. */
function isWrite({ target, query }: Call): boolean {
  const changes = ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(target.verb)
  return changes && target.subresource !== 'token' && !target.type.isReview && !isDryRun(query)
}

function errorAnswer(error: unknown): Answer {
  const known = error instanceof ApiError ? error : unexpectedError(error instanceof Error ? error.message : 'unknown')
  return { code: known.code, body: known.toStatus() }
}

function send({ request, response, api, warnings, fault }: Exchange, { code, body }: Answer): void {
  if (fault === 'drop-request') return void request.socket.destroy()
  const { type, bytes } = code === 200 || isHealth(body) ? encoded(body, api) : inJson(body)
  const headers: OutgoingHttpHeaders = {
    'content-type': type,
    'cache-control': 'no-cache, private',
    'content-length': bytes.byteLength,
  }
  // The format is defined in RFC 7234, section 5.5. kubectl prints the warnings.
  if (warnings.length > 0) headers.warning = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')
  const broken = brokenAnswerOf(fault)
  if (broken) sendBroken(response, broken, { status: code, headers, body: bytes })
  else response.writeHead(code, headers).end(bytes)
}

function isHealth(body: JsonObject): body is { health: string } {
  return typeof body.health === 'string'
}

interface Encoded {
  readonly type: string
  readonly bytes: Uint8Array
}

function inJson(body: JsonObject): Encoded {
  return { type: 'application/json', bytes: Buffer.from(`${JSON.stringify(body)}\n`) }
}

/** Health is plain text, and a key set has the media type of RFC 7517 section 8.5.1. */
function encoded(body: JsonObject, { path }: ApiRequest): Encoded {
  if (isHealth(body)) return { type: 'text/plain; charset=utf-8', bytes: Buffer.from(body.health) }
  return path === '/openid/v1/jwks' ? { ...inJson(body), type: 'application/jwk-set+json' } : inJson(body)
}

/** Whether the client accepts the only media type of a real server's key set (measured with 1.21.14 and 1.37.2). */
function takesKeySet({ path, accept }: ApiRequest): boolean {
  return path !== '/openid/v1/jwks' || accept === '' || /application\/jwk-set\+json|\*\/\*/.test(accept)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    const bytes = Buffer.from(part)
    size += bytes.length
    if (size > bodyLimit) throw badRequest(`limit is ${bodyLimit}`)
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}
