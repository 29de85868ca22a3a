import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from '../api-client.ts'
import type { Supervised } from './supervised.ts'

/** Milliseconds. A start takes three seconds on an idle machine. */
const startDeadline = 90_000
const pollEvery = 40
const answerDeadline = 2000

/** @throws Error with the end of a log when a program has ended, or when the last program is not ready in time */
export async function untilReady(isReady: () => Promise<boolean>, programs: readonly Supervised[]): Promise<void> {
  const deadline = Date.now() + startDeadline
  while (!(await isReady())) {
    const ended = programs.find((program) => !program.isRunning())
    if (ended) throw new Error(`${ended.name} has ended:\n${await ended.lastLines()}`)
    const last = programs.at(-1)
    if (last && Date.now() > deadline)
      throw new Error(`${last.name} is not ready after ${startDeadline / 1000} s:\n${await last.lastLines()}`)
    await sleep(pollEvery)
  }
}

/** Whether the API server responds to this path with success in time. */
export function isServed(api: ApiClient, path: string): Promise<boolean> {
  const answered = api.call('GET', path).then(
    () => true,
    () => false,
  )
  return Promise.race([answered, sleep(answerDeadline, false, { ref: false })])
}
