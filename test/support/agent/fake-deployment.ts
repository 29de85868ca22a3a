import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as z from 'zod/mini'
import {
  answerBody,
  enrolmentBody,
  type RelayedAnswer,
  type RelayedRequest,
  relayedAnswer,
  type workAnswer,
  workBody,
} from '../../../lambdas/agent/messages.ts'
import { type SealedRequest, sealRequest } from '../../../lambdas/agent/sealing.ts'

type WorkBody = z.output<typeof workBody>
type EnrolmentBody = z.output<typeof enrolmentBody>
type WorkAnswer = z.output<typeof workAnswer>

/** A status, or a cut connection. */
export type Fault = number | 'cut'

export interface Received {
  /** `work`, `enrolment` or `answers/ID`. */
  readonly route: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

interface Waiting {
  readonly text: string
  /** Overrides the public key of the agent. */
  readonly publicKey: string | undefined
  sealed: SealedRequest | undefined
  resolve(answer: RelayedAnswer): void
}

const notEnrolled = { status: 401, answer: { type: 'https://example.com/problems/not-enrolled' } }

/** The three routes of the deployment for the agent of the cluster `prod`, in memory. It accepts any token. */
export class FakeDeployment {
  readonly received: Received[] = []
  isEnrolled = true
  /** The code that enrols. */
  code = 'the-code-of-the-test'
  /** Whether an answer leaves its request among the requests of the next calls. */
  repeats = false
  /** For how long functions wait for their answers. */
  seconds = 40
  /** How long a network delays the responses with work. */
  delayMs = 0
  /** How long a call for work waits for a request. */
  holdMs = 20
  /** The faults of the next calls for work. */
  readonly workFaults: Fault[] = []
  /** The faults of the next enrolments. */
  readonly enrolmentFaults: Fault[] = []
  /** The faults of the next answers. */
  readonly answerFaults: Fault[] = []
  readonly #waiting = new Map<string, Waiting>()
  #wake = Promise.withResolvers<void>()

  readonly handler: RequestListener = async (request, response) => {
    const route = request.url?.replace('/v1/agents/prod/', '') ?? ''
    const body = JSON.parse(await text(request))
    this.received.push({ route, headers: request.headers, body })
    const fault = this.#faultsOf(route).shift()
    if (fault === 'cut') return void request.socket.destroy()
    const { status, answer } =
      fault === undefined ? await this.#answer(route, body) : { status: fault, answer: { title: 'A fault' } }
    const type = status >= 400 ? 'application/problem+json' : 'application/json'
    response.writeHead(status, { 'content-type': type }).end(answer && JSON.stringify(answer))
  }

  #faultsOf(route: string): Fault[] {
    if (route === 'work') return this.workFaults
    return route === 'enrolment' ? this.enrolmentFaults : this.answerFaults
  }

  /** The bodies of the calls for work. */
  get calls(): WorkBody[] {
    return this.received.flatMap(({ route, body }) => (route === 'work' ? [workBody.parse(body)] : []))
  }

  get enrolments(): EnrolmentBody[] {
    return this.received.flatMap(({ route, body }) => (route === 'enrolment' ? [enrolmentBody.parse(body)] : []))
  }

  /** The number of posted answers. */
  get answers(): number {
    return this.received.filter(({ route }) => route.startsWith('answers/')).length
  }

  /** Gives the agent a request, and returns its answer. */
  relay(request: RelayedRequest, publicKey?: string): Promise<RelayedAnswer> {
    return this.relayText(JSON.stringify(request), publicKey)
  }

  relayText(request: string, publicKey?: string): Promise<RelayedAnswer> {
    return new Promise((resolve) => {
      this.#waiting.set(randomUUID(), { text: request, publicKey, sealed: undefined, resolve })
      this.#wake.resolve()
      this.#wake = Promise.withResolvers()
    })
  }

  get(path: string): Promise<RelayedAnswer> {
    return this.relay({ method: 'GET', path, headers: { accept: 'application/json' } })
  }

  async #answer(route: string, body: unknown): Promise<{ status: number; answer?: unknown }> {
    if (route === 'enrolment') return this.#enrol(enrolmentBody.parse(body))
    if (!this.isEnrolled) return notEnrolled
    if (route === 'work') return { status: 200, answer: await this.#work(workBody.parse(body)) }
    return { status: await this.#take(route.replace('answers/', ''), answerBody.parse(body).sealed) }
  }

  #enrol({ code }: EnrolmentBody): { status: number; answer?: unknown } {
    if (code !== this.code) return notEnrolled
    this.isEnrolled = true
    return { status: 204 }
  }

  async #work({ facts, working }: WorkBody): Promise<WorkAnswer> {
    const held = sleep(this.holdMs, undefined, { ref: false })
    if (this.#waiting.size === 0) await Promise.race([this.#wake.promise, held])
    const requests = [...this.#waiting].filter(([id]) => !working.includes(id))
    const sealed = requests.map(async ([id, waiting]) => {
      waiting.sealed ??= await sealRequest(waiting.publicKey ?? facts.publicKey, id, waiting.text)
      return { id, sealed: waiting.sealed.sealed, seconds: this.seconds }
    })
    const answer = { requests: await Promise.all(sealed), nextCallInSeconds: 0 }
    await sleep(this.delayMs)
    return answer
  }

  async #take(id: string, sealed: string): Promise<number> {
    const waiting = this.#waiting.get(id)
    if (!waiting?.sealed) return 404
    const opened = await waiting.sealed.openAnswer(sealed, 32 * 1024 * 1024)
    if (!this.repeats) this.#waiting.delete(id)
    waiting.resolve(relayedAnswer.parse(JSON.parse(opened)))
    return 204
  }
}
