import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MemoryCallLog } from '../call-log.ts'
import {
  type BrokenAnswer,
  brokenAnswerOf,
  type ErrorAnswer,
  errorAnswerOf,
  type Fault,
  type FaultKind,
  type MemoryFaults,
} from '../faults.ts'
import { sendBroken, type WholeAnswer } from '../network/broken-answers.ts'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface ApiRequest {
  readonly url: URL
  readonly path: Readonly<Record<string, string>>
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Route {
  readonly method: string
  readonly path: RegExp
  readonly operation: string
  readonly write: boolean
  object(request: ApiRequest): string
  actor(request: ApiRequest): string
  handle(request: ApiRequest): Promise<Answer>
}

export interface Api {
  readonly routes: readonly Route[]
  /** The API's error answer for an error of a handler. */
  explain(error: unknown): Answer
  fail(fault: ErrorAnswer, route: Route, request: ApiRequest): Answer
  notFound(): Answer
}

export interface Books {
  readonly calls: MemoryCallLog
  readonly faults: MemoryFaults
}

/** Serves the API of each host name. Each call of a route is logged, and may have a fault. */
export function listener(apis: Readonly<Record<string, Api>>, books: Books): RequestListener {
  return (incoming, response) => {
    answer(apis, books, incoming, response).catch((error: unknown) => {
      process.stderr.write(`sandbox/google: ${error instanceof Error ? error.stack : String(error)}\n`)
      response.destroy()
    })
  }
}

async function answer(
  apis: Readonly<Record<string, Api>>,
  books: Books,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const at = Date.now()
  const host = incoming.headers.host?.toLowerCase().replace(/:443$/, '') ?? ''
  const api = apis[host]
  if (!api) return send(response, { status: 404 })
  const url = new URL(incoming.url ?? '/', `https://${host}`)
  const [route, path] = routeFor(api.routes, incoming.method ?? 'GET', url.pathname)
  if (!route) return send(response, api.notFound())
  const request = { url, path, headers: incoming.headers, body: await buffer(incoming) }

  const call = { at, actor: route.actor(request), operation: route.operation, object: route.object(request) }
  const fault = books.faults.take(call)
  const done = await doneUnder(fault, { api, route, request })
  const write = route.write && done.status < 300
  const agent = incoming.headers['user-agent'] ?? ''
  books.calls.add({ ...call, write, durationMs: Date.now() - at, agent })
  const broken = await brokenBy(books, { ...call, write }, fault?.kind)
  const answered = incoming.method === 'HEAD' ? { ...done, body: '' } : done
  if (broken) sendBroken(response, broken, inBytes(answered))
  else send(response, answered)
}

/** Never sent: a dropped call has no answer. */
const dropped: Answer = { status: 503 }

async function doneUnder(
  fault: Fault | undefined,
  { api, route, request }: { api: Api; route: Route; request: ApiRequest },
): Promise<Answer> {
  if (fault?.delayMs !== undefined) await sleep(fault.delayMs)
  const refusal = errorAnswerOf(fault?.kind)
  if (refusal) return api.fail(refusal, route, request)
  return fault?.kind === 'drop-request' ? dropped : handle(api, route, request)
}

async function brokenBy(
  books: Books,
  done: { operation: string; object: string; write: boolean },
  fault: FaultKind | undefined,
): Promise<BrokenAnswer | undefined> {
  const isDropped = (await books.faults.answerOf(done)) === 'dropped' || fault === 'drop-request'
  return isDropped ? 'drop-response' : brokenAnswerOf(fault)
}

function inBytes({ status, headers = {}, body = '' }: Answer): WholeAnswer {
  return { status, headers, body: Buffer.from(body) }
}

async function handle(api: Api, route: Route, request: ApiRequest): Promise<Answer> {
  try {
    return await route.handle(request)
  } catch (error) {
    return api.explain(error)
  }
}

function routeFor(
  routes: readonly Route[],
  method: string,
  pathname: string,
): [Route | undefined, Record<string, string>] {
  for (const route of routes) {
    const match = route.path.exec(pathname)
    const fits = route.method === method || (route.method === 'GET' && method === 'HEAD')
    if (match && fits) return [route, decoded(match.groups ?? {})]
  }
  return [undefined, {}]
}

function decoded(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]))
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body)
}

export function json(status: number, value: object): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body: JSON.stringify(value) }
}
