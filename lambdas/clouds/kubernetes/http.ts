import {
  type PromiseHttpLibrary,
  type RequestContext,
  ResponseContext,
  SelfDecodingBody,
} from '@kubernetes/client-node/dist/gen/index.js'
import { errors } from 'undici'
import * as z from 'zod/mini'
import { currentStep } from '../../current-step.ts'
import { type Explanation, type StepError, Unreachable, UnsafeAddress } from '../../errors/step-errors.ts'
import { version } from '../../version.ts'
import { connectionError } from '../network/connection-error.ts'
import { isEncoded } from '../network/content-encoding.ts'
import { outlineOf } from '../network/json-outline.ts'
import { maxAnswerMiB } from './dispatcher.ts'
import { containsSecret } from './echo.ts'

/**
 * Limits for the JSON of a response. Without them, 16 MiB of brackets would take more memory than a function has. Real
 * objects of 16 MiB contain some 200,000 lists and objects, and none is nested 50 levels deep.
 */
const maxContainers = 500_000
const maxDepth = 200

const methods = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const

/** A request to an API server. */
export interface HttpRequest {
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly method: (typeof methods)[number]
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: { arrayBuffer(): Promise<ArrayBuffer> }
  /** Closes the connection of a rejected response. Otherwise its body would continue to fill buffers. */
  discard(): void
}

/** Sends a request to the API server, and returns the beginning of its response. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>

/** A server, and the settings of all requests to it. */
export interface Connection {
  /** The server, as errors name it. */
  readonly endpoint: string
  readonly token: string | undefined
  readonly transport: Transport
  readonly signal: AbortSignal | undefined
  /** The time limit for a complete response: connection, head and body together. */
  readonly timeoutMs: number
}

/**
 * Returns the transport of the Kubernetes client, for an untrusted server. Unlike the library's own transport, it
 * follows no redirect and decompresses nothing. It limits the time and the nesting of a response, and rejects a
 * response that repeats the token. The dispatcher limits the size.
 *
 * `send` throws these errors:
 * - Unreachable when no complete response comes in time, and for any other rejected response
 * - UntrustedCertificate when the server's certificate does not validate
 * - UnsafeAddress for a redirect, and for an address that is not allowed
 */
export function guardedHttp(connection: Connection): PromiseHttpLibrary {
  return { send: (context) => send(context, connection) }
}

async function send(context: RequestContext, connection: Connection): Promise<ResponseContext> {
  const { endpoint, signal: ofStep, timeoutMs } = connection
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const signal = ofStep ? AbortSignal.any([ofStep, limit]) : limit
    const answer = await connection.transport({ ...requestOf(context, connection), signal })
    requireUsable(answer, endpoint)
    const body = Buffer.from(await answer.body.arrayBuffer())
    requireHarmless(body.toString(), connection)
    return new ResponseContext(answer.statusCode, flat(answer.headers), new SelfDecodingBody(Promise.resolve(body)))
  } catch (error) {
    if (limit.aborted && !ofStep?.aborted) throw refused(endpoint, notInTime(timeoutMs))
    throw error instanceof errors.ResponseExceededMaxSizeError
      ? refused(endpoint, tooLarge)
      : connectionError(error, endpoint)
  }
}

function requestOf(context: RequestContext, { token }: Connection) {
  const { origin, pathname, search } = new URL(context.getUrl())
  const body = context.getBody()
  return {
    origin,
    path: `${pathname}${search}`,
    method: z.enum(methods).parse(context.getHttpMethod()),
    headers: {
      accept: 'application/json',
      'user-agent': userAgent(),
      ...lowerCase(context.getHeaders()),
      'accept-encoding': 'identity',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(typeof body === 'string' && { body }),
  }
}

/** Names version, function and step for the audit log. The function's name identifies the deployment. */
function userAgent(): string {
  const { AWS_LAMBDA_FUNCTION_NAME: name } = process.env
  const product = `workload-identity/${version}`
  const step = currentStep()
  return [product, ...(name === undefined ? [] : [`(${name})`]), ...(step === undefined ? [] : [`app/${step}`])].join(
    ' ',
  )
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Keeps the first value of a repeated header. */
function flat(headers: HttpAnswer['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat()[0] ?? '']))
}

function requireUsable(answer: HttpAnswer, endpoint: string): void {
  const refusal = refusalOf(answer, endpoint)
  if (!refusal) return
  answer.discard()
  throw refusal
}

function refusalOf({ statusCode, headers }: HttpAnswer, endpoint: string): StepError | undefined {
  if (statusCode >= 300 && statusCode < 400) return redirected(endpoint, statusCode)
  return isEncoded(headers) ? refused(endpoint, compressed) : undefined
}

function requireHarmless(text: string, { endpoint, token }: Connection): void {
  const { containers, depth } = outlineOf(text)
  if (containers > maxContainers || depth > maxDepth) throw refused(endpoint, tooNested)
  if (containsSecret(text, token)) throw refused(endpoint, repeatsToken)
}

type Refusal = Omit<Explanation, 'object'>

const checkServer = 'Check the server in the credentials, and the proxies in front of it'

const compressed: Refusal = { reason: 'it answers with compression, which was not requested', action: checkServer }
const tooLarge: Refusal = { reason: `its answer is larger than the limit of ${maxAnswerMiB} MiB`, action: checkServer }
const tooNested: Refusal = {
  reason: `its answer has more than ${maxContainers} lists and objects, or more than ${maxDepth} inside each other`,
  action: checkServer,
}
const repeatsToken: Refusal = {
  reason: 'its answer repeats the token that it was sent',
  action: `${checkServer}; put a new token into the secret, because the logs of the server or of a proxy may contain the old token`,
}

function notInTime(timeoutMs: number): Refusal {
  return { reason: `no complete answer within ${timeoutMs / 1000} s`, action: checkServer }
}

/** The error has no cause, because an error must not quote the response. */
function refused(endpoint: string, refusal: Refusal): Unreachable {
  return new Unreachable({ object: endpoint, ...refusal })
}

function redirected(endpoint: string, status: number): UnsafeAddress {
  return new UnsafeAddress({
    object: endpoint,
    reason: `it redirects (status ${status}), and redirects are not followed`,
    action: "Put the API server's own URL into the credentials",
  })
}
