import { readFile } from 'node:fs/promises'
import type { AgentFacts } from '../lambdas/agent/messages.ts'
import { codeOf } from '../lambdas/clouds/network/connection-error.ts'
import { version } from '../lambdas/version.ts'
import type { Api, Outcome } from './api.ts'
import type { ApiServer } from './api-server.ts'
import type { Configuration } from './configuration.ts'
import type { Health } from './health.ts'
import type { KeySet } from './key-set.ts'
import { log } from './log.ts'
import type { Relay } from './relay.ts'
import { backoffMs, wait } from './waiting.ts'

/** The agent shortens a longer pause in a response to this. The deployment sets at most 30 s. */
const longestPauseMs = 60_000

export interface LoopParts {
  readonly configuration: Configuration
  readonly publicKey: string
  readonly api: Api
  readonly apiServer: ApiServer
  readonly keySet: KeySet
  readonly relay: Relay
  readonly health: Health
  /** Ends the loop, and aborts its running call. */
  readonly stopped: AbortSignal
}

/** Milliseconds to wait before the next call, or `failed` for a backoff. */
type Next = number | 'failed'

/** Calls the deployment for work, and starts the requests in its answers. Enrols the cluster if it is not enrolled. */
export class Loop {
  readonly #parts: LoopParts

  constructor(parts: LoopParts) {
    this.#parts = parts
  }

  /** Runs until `stopped`. */
  async run(): Promise<void> {
    const { configuration, health, stopped } = this.#parts
    let failures = 0
    while (!stopped.aborted) {
      const next = await this.#step().catch((error: unknown) => this.#failed(error))
      health.stepped()
      failures = next === 'failed' ? failures + 1 : 0
      await wait(next === 'failed' ? backoffMs(failures, configuration.times) : next, stopped)
    }
  }

  #failed(error: unknown): 'failed' {
    const message = error instanceof Error ? error.message : undefined
    log('error', 'The agent cannot call for work', { code: codeOf(error), reason: message })
    return 'failed'
  }

  async #step(): Promise<Next> {
    const { keySet, relay, api, stopped } = this.#parts
    await relay.waitForRoom()
    const refreshed = keySet.refresh(stopped)
    // Only the first read is waited for: an API server that hangs must not delay the calls.
    if (!keySet.current) await refreshed
    const facts = await this.#facts()
    const sent = keySet.unsent
    const startedAt = Date.now()
    const body = { facts, working: relay.running, ...(sent && { keySet: sent }) }
    const outcome = await api.work(body, stopped)
    if (outcome.kind === 'not-enrolled') return this.#enrol(facts)
    this.#report(outcome)
    if (outcome.kind !== 'accepted') return 'failed'
    if (sent) keySet.markAccepted()
    const { requests, nextCallInSeconds } = outcome.answer
    const pauseMs = Math.min(nextCallInSeconds * 1000, longestPauseMs)
    const withEnd = requests.map(({ id, sealed, seconds }) => ({ id, sealed, endsAt: startedAt + seconds * 1000 }))
    if (relay.start(withEnd.filter(({ endsAt }) => endsAt > Date.now())) > 0) return pauseMs
    // An answer may have no pause and no new request. The agent must then not call in a tight loop.
    return Math.max(pauseMs, startedAt + this.#times.quietCallMs - Date.now())
  }

  get #times() {
    return this.#parts.configuration.times
  }

  #report(outcome: Outcome): void {
    const { health } = this.#parts
    if (outcome.kind === 'accepted') health.accepted()
    else health.failed()
  }

  async #facts(): Promise<AgentFacts> {
    const { apiServer, configuration, publicKey } = this.#parts
    return { version, server: configuration.apiServer, authorities: await apiServer.authorities(), publicKey }
  }

  async #enrol(facts: AgentFacts): Promise<Next> {
    const { api, health, keySet, stopped } = this.#parts
    health.failed()
    keySet.markForgotten()
    const code = await this.#code()
    if (code === undefined) return this.#wantsCode('The cluster is not enrolled')
    // The read of the key set has logged why the agent has none.
    if (!keySet.current) return 'failed'
    const outcome = await api.enrol({ code, keySet: keySet.current, facts }, stopped)
    if (outcome.kind === 'temporary') return 'failed'
    // The agent sends the code again, because it may still be valid: the token or a proxy may be the reason.
    if (outcome.kind !== 'accepted')
      return this.#wantsCode('The deployment refused the enrolment, for the reason in the previous warning')
    log('info', 'The cluster is enrolled')
    return 0
  }

  #wantsCode(problem: string): Next {
    const { cluster } = this.#parts.configuration
    log('error', `${problem}. For a new code, run wid enroll ${cluster}, and pass the values that it prints to Helm`)
    return this.#times.notEnrolledMs
  }

  /** Reads the file for each enrolment, because it may get a new code while the agent runs. */
  async #code(): Promise<string | undefined> {
    const { codeFile } = this.#parts.configuration
    if (codeFile === '') return undefined
    const text = await readFile(codeFile, 'utf8').catch(() => '')
    return text.trim() || undefined
  }
}
