import { longestAnswer, type RelayedAnswer, type RelayedRequest, relayedRequest } from '../lambdas/agent/messages.ts'
import type { AgentKeys, OpenedRequest } from '../lambdas/agent/sealing.ts'
import { codeOf } from '../lambdas/clouds/network/connection-error.ts'
import type { Api } from './api.ts'
import type { ApiServer } from './api-server.ts'
import type { Times } from './configuration.ts'
import { isRelayed, refusal } from './guard.ts'
import { valueIn } from './json.ts'
import { log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { backoffMs, wait } from './waiting.ts'

const maxRunning = 50

/** How long the agent remembers handled requests. The deployment sends the same request again for a shorter time. */
const rememberedMs = 300_000

interface SealedRequest {
  readonly id: string
  readonly sealed: string
  /** When the function that sent it stops waiting, in milliseconds since 1970. */
  readonly endsAt: number
}

export interface RelayParts {
  readonly keys: AgentKeys
  readonly api: Api
  readonly apiServer: ApiServer
  readonly metrics: Metrics
  readonly times: Times
  /** Aborts running requests, and the posts of their answers. */
  readonly ended: AbortSignal
}

/** Relays the requests of the deployment, each ID once: a repeated write could undo a later write. */
export class Relay {
  readonly #parts: RelayParts
  readonly #running = new Map<string, Promise<void>>()
  /** The times at which requests ended, by ID. */
  readonly #handled = new Map<string, number>()

  constructor(parts: RelayParts) {
    this.#parts = parts
  }

  /** The IDs of running requests. */
  get running(): string[] {
    return [...this.#running.keys()]
  }

  /** Waits until fewer than 50 requests run. */
  async waitForRoom(): Promise<void> {
    while (this.#running.size >= maxRunning) await Promise.race(this.#running.values())
  }

  /** Waits for the running requests. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  /**
   * Starts requests until 50 run. The deployment sends the remaining requests again at the next call.
   *
   * @returns the number of started requests
   */
  start(requests: readonly SealedRequest[]): number {
    this.#forget()
    const fresh = requests.filter(({ id }) => !this.#running.has(id) && !this.#handled.has(id))
    const started = fresh.slice(0, maxRunning - this.#running.size)
    for (const request of started) this.#running.set(request.id, this.#run(request))
    return started.length
  }

  #forget(): void {
    const before = Date.now() - rememberedMs
    for (const [id, endedAt] of this.#handled) if (endedAt < before) this.#handled.delete(id)
  }

  async #run(request: SealedRequest): Promise<void> {
    const { id } = request
    await this.#handle(request).catch((error: unknown) => {
      log('error', 'The agent failed on a request', { id, code: codeOf(error) })
      this.#parts.metrics.count('failures', { kind: 'internal' })
    })
    this.#handled.set(id, Date.now())
    this.#running.delete(id)
  }

  async #handle({ id, sealed, endsAt }: SealedRequest): Promise<void> {
    const opened = await this.#parts.keys.openRequest(id, sealed).catch(() => undefined)
    if (opened) return this.#post(id, await this.#answerTo(id, opened, endsAt))
    log(
      'warn',
      'The agent cannot open a request: it is not sealed to the public key of this agent, or not for this ID',
      { id },
    )
    this.#parts.metrics.count('failures', { kind: 'not-opened' })
  }

  async #answerTo(id: string, { text, sealAnswer }: OpenedRequest, endsAt: number): Promise<string> {
    const { apiServer, ended } = this.#parts
    const { data: request } = relayedRequest.safeParse(valueIn(text))
    if (!request || !isRelayed(request)) {
      this.#note(id, request, 'refused')
      return sealAnswer(JSON.stringify(refusal))
    }
    const answered = async (answer: RelayedAnswer) => {
      const sealed = await sealAnswer(JSON.stringify(answer))
      const fitting = sealed.length > longestAnswer ? tooLarge : answer
      this.#note(id, request, fitting)
      return fitting === answer ? sealed : sealAnswer(JSON.stringify(fitting))
    }
    return apiServer.send(request, ended, answered, endsAt - Date.now())
  }

  /** Logs and counts a request. A query and a body may contain a secret, so the log omits them. */
  #note(id: string, request: RelayedRequest | undefined, answer: RelayedAnswer | 'refused'): void {
    const { metrics } = this.#parts
    const shown = { id, method: request?.method, path: request?.path.split('?')[0] }
    if (answer === 'refused') {
      log('warn', 'The agent does not relay this request', shown)
      metrics.count('failures', { kind: 'refused' })
    } else if ('failure' in answer) {
      log('warn', 'The API server did not answer a request', { ...shown, ...answer })
      metrics.count('failures', { kind: answer.failure })
    } else {
      log('info', 'The API server answered a request', { ...shown, status: answer.status })
      metrics.count('relayed', { method: request?.method ?? '', status: `${Math.floor(answer.status / 100)}xx` })
    }
  }

  async #post(id: string, sealed: string): Promise<void> {
    const { api, ended, metrics, times } = this.#parts
    const signal = AbortSignal.any([ended, AbortSignal.timeout(times.answerMs)])
    for (let failures = 1; !signal.aborted; failures += 1) {
      const { kind } = await api.answer(id, { sealed }, signal)
      if (kind === 'accepted') return
      if (kind !== 'temporary') break
      await wait(backoffMs(failures, times), signal)
    }
    log('warn', 'The agent could not deliver an answer to the deployment', { id })
    metrics.count('failures', { kind: 'not-posted' })
  }
}

const tooLarge: RelayedAnswer = { failure: 'too-large' }
