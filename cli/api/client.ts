import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import createClient from 'openapi-fetch'
import type { ApiClient, paths } from '../../client/api.ts'
import { version } from '../../client/version.ts'
import { ApiFailed } from '../errors.ts'
import { stoppedSandbox } from '../sandbox/stopped.ts'
import { throwErrorOf } from './answer.ts'
import type { Authorize } from './authorize.ts'
import type { Endpoint } from './endpoint.ts'
import { tooOld } from './too-old.ts'

/** Timeout of a response in milliseconds. API Gateway ends every request after 30 seconds. */
const timeoutMs = 35_000

/** Attempts when a response is lost, and milliseconds between them. */
const maxAttempts = 3
const pauseMs = 1_000

/**
 * A client of the API, typed by the API's description. It repeats a request whose response is lost. The Idempotency-Key
 * ensures that only one operation starts. A response without success is an error: see `throwErrorOf`.
 *
 * @param authorize omitted for a sandbox, which signs requests itself
 * @param warn gets a warning when the API does not support this version of the command
 */
export function apiClient(
  { url }: Pick<Endpoint, 'url'>,
  authorize: Authorize = async (request) => request,
  warn: (message: string) => void = () => {},
): ApiClient {
  const send = async (request: Request): Promise<Response> => {
    const ready = await authorize(request)
    return fetch(ready, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: unknown) => unreachable(url, error))
  }
  const api = createClient<paths, 'application/json'>({
    baseUrl: url,
    fetch: (request) => sendUnlessThrottled(withHeaders(request), send),
  })
  let isWarned = false
  api.use({
    onResponse({ response }) {
      const warning = isWarned ? undefined : tooOld(version, response)
      if (warning !== undefined) warn(warning)
      isWarned ||= warning !== undefined
      return isAnswer(response) ? undefined : throwErrorOf(response)
    },
  })
  return api
}

/** Every successful response of the API has a body. A proxy may return a response without a body. */
function isAnswer({ ok, status, headers }: Response): boolean {
  return ok && status !== 204 && headers.get('content-length') !== '0'
}

/** Maximum milliseconds before each retry of a throttled request. */
const throttledPausesMs = [500, 1_000, 2_000, 4_000, 8_000, 16_000]

/**
 * Repeats a request that API Gateway has throttled, because such a request has started nothing. A 429 of the API itself
 * has a Retry-After header, and is returned.
 */
async function sendUnlessThrottled(request: Request, send: (request: Request) => Promise<Response>): Promise<Response> {
  for (const pause of throttledPausesMs) {
    const response = await sendUntilAnswered(request, send)
    if (response.status !== 429 || response.headers.has('Retry-After')) return response
    // Random, so that commands that were throttled together do not retry together.
    await sleep(pause * (0.5 + Math.random() / 2))
  }
  return sendUntilAnswered(request, send)
}

async function sendUntilAnswered(request: Request, send: (request: Request) => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(request.clone())
    } catch (error) {
      const isLast = attempt === maxAttempts || !request.headers.has(keyHeader)
      if (isLast || !(error instanceof ApiFailed)) throw error
      await sleep(pauseMs)
    }
  }
}

const keyHeader = 'Idempotency-Key'

/** A cancel needs no idempotency key, because a repeated cancel finds that the operation has ended. */
function withHeaders(request: Request): Request {
  request.headers.set('User-Agent', `wid/${version}`)
  if (request.method !== 'GET' && !request.url.endsWith('/cancel')) request.headers.set(keyHeader, randomUUID())
  return request
}

function unreachable(url: string, error: unknown): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const stopped = stoppedSandbox(url, cause)
  if (stopped !== undefined) throw new ApiFailed(stopped)
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new ApiFailed(`The API at ${url} does not answer (${reason}). Check the URL and the network, and try again.`)
}
