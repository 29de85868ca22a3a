import { readFile } from 'node:fs/promises'
import { EnvHttpProxyAgent } from 'undici'
import type * as z from 'zod/mini'
import { type answerBody, type enrolmentBody, workAnswer, type workBody } from '../lambdas/agent/messages.ts'
import { codeOf } from '../lambdas/clouds/network/connection-error.ts'
import type { Configuration } from './configuration.ts'
import { valueIn } from './json.ts'
import { log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { userAgent } from './user-agent.ts'

/** More than any answer of the deployment, because Lambda answers with at most 6 MB. */
const maxAnswerBytes = 8 * 1024 * 1024

/** The longest detail of a problem in the log, in characters. */
const longestDetail = 500

export type Outcome<Answer = unknown> =
  | { readonly kind: 'accepted'; readonly answer: Answer }
  /** `temporary`: the same call may succeed later. */
  | { readonly kind: 'not-enrolled' | 'refused' | 'temporary' }

interface Call {
  readonly route: 'answer' | 'enrolment' | 'work'
  readonly path: string
  readonly body: unknown
  readonly signal: AbortSignal
  readonly limitMs: number
}

/** The API of the deployment. Each call is counted, and a failed call is logged. */
export class Api {
  readonly #configuration: Configuration
  readonly #metrics: Metrics
  readonly #dispatcher: EnvHttpProxyAgent

  constructor(configuration: Configuration, metrics: Metrics) {
    this.#configuration = configuration
    this.#metrics = metrics
    const { httpsProxy, noProxy } = configuration
    this.#dispatcher = new EnvHttpProxyAgent({
      // Without this, undici would use HTTP_PROXY.
      httpProxy: '',
      httpsProxy,
      noProxy,
      allowH2: false,
      maxResponseSize: maxAnswerBytes,
    })
  }

  async work(body: z.output<typeof workBody>, signal: AbortSignal): Promise<Outcome<z.output<typeof workAnswer>>> {
    const { callMs: limitMs } = this.#configuration.times
    const outcome = await this.#call({ route: 'work', path: 'work', body, signal, limitMs })
    if (outcome.kind !== 'accepted') return outcome
    const { data: answer } = workAnswer.safeParse(outcome.answer)
    if (answer) return { kind: 'accepted', answer }
    log(
      'error',
      'The agent does not know the format of the answer to a call for work: compare the versions of the deployment and the agent',
    )
    return { kind: 'temporary' }
  }

  enrol(body: z.output<typeof enrolmentBody>, signal: AbortSignal): Promise<Outcome> {
    const { callMs: limitMs } = this.#configuration.times
    return this.#call({ route: 'enrolment', path: 'enrolment', body, signal, limitMs })
  }

  answer(id: string, body: z.output<typeof answerBody>, signal: AbortSignal): Promise<Outcome> {
    const { answerMs: limitMs } = this.#configuration.times
    return this.#call({ route: 'answer', path: `answers/${id}`, body, signal, limitMs })
  }

  async #call(call: Call): Promise<Outcome> {
    const { route, signal } = call
    const token = await this.#token()
    if (token === '') return { kind: 'temporary' }
    try {
      const { status, answer } = await this.#send(call, token)
      this.#metrics.count('calls', { route, result: String(status) })
      const outcome = outcomeOf(status, answer)
      if (outcome.kind !== 'accepted') log('warn', explanations[outcome.kind], { route, status, ...detailOf(answer) })
      return outcome
    } catch (error) {
      const code = codeOf(error)
      this.#metrics.count('calls', { route, result: code })
      if (!signal.aborted) log('warn', explanations.unreachable, { route, code })
      return { kind: 'temporary' }
    }
  }

  /** Reads the file for each call, because the kubelet rotates the token. Returns an empty text if there is none. */
  async #token(): Promise<string> {
    try {
      return (await readFile(this.#configuration.tokenFile, 'utf8')).trim()
    } catch (error) {
      log('error', 'The token for the deployment cannot be read: check TOKEN_FILE and its volume', {
        code: codeOf(error),
      })
      return ''
    }
  }

  async #send(
    { path, body, signal, limitMs }: Call,
    token: string,
  ): Promise<{ readonly status: number; readonly answer: unknown }> {
    const { apiUrl, cluster } = this.#configuration
    const url = new URL(`${apiUrl}/v1/agents/${cluster}/${path}`)
    const response = await this.#dispatcher.request({
      origin: url.origin,
      path: url.pathname,
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'user-agent': userAgent,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    })
    return { status: response.statusCode, answer: valueIn(await response.body.text()) }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
  }
}

const explanations = {
  'not-enrolled': 'The cluster is not enrolled',
  refused: 'The deployment refused a call',
  temporary: 'The deployment cannot answer at present',
  unreachable: 'The deployment cannot be reached: check API_URL, HTTPS_PROXY and the network policies',
} as const

function outcomeOf(status: number, answer: unknown): Outcome {
  // The answer is not JSON: a proxy may have answered with an HTML page.
  if (status === 200 && answer === undefined) return { kind: 'temporary' }
  if (status === 200 || status === 204) return { kind: 'accepted', answer }
  if (status === 401 && isNotEnrolled(answer)) return { kind: 'not-enrolled' }
  return { kind: status === 429 || status >= 500 ? 'temporary' : 'refused' }
}

/** The detail of a problem (RFC 9457), which contains no secret. Empty if the answer has no detail. */
function detailOf(answer: unknown): { readonly detail?: string } {
  const detail = typeof answer === 'object' && answer !== null && 'detail' in answer ? answer.detail : undefined
  return typeof detail === 'string' ? { detail: detail.slice(0, longestDetail) } : {}
}

/** Whether the answer is a problem (RFC 9457) of the type `not-enrolled`. */
function isNotEnrolled(answer: unknown): boolean {
  const type = typeof answer === 'object' && answer !== null && 'type' in answer ? answer.type : undefined
  return typeof type === 'string' && type.endsWith('not-enrolled')
}
