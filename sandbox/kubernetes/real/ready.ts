import { get } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Supervised } from './supervised.ts'

/** Milliseconds; a start takes three seconds on a machine that has nothing else to do. */
const startDeadline = 90_000
const pollEvery = 40
const answerDeadline = 2000

/** @throws Error with the end of a log when one of the programs has ended, or the last of them is not ready in time */
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

/** True once the API server has done all that it does at its start, such as making the roles that come with it. */
export function isServing(port: number, ca: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` }
    const options = { host: '127.0.0.1', port, path: '/readyz', ca, agent: false, headers, timeout: answerDeadline }
    const asked = get(options, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(false))
  })
}
