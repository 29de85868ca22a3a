import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { operationError } from '../../../lambdas/errors/recorded.ts'
import type { System } from '../../e2e/support/system.ts'

/** Polls long operations less often. Otherwise half of the running functions would be those that answer the polls. */
const pollMs = (sinceStart: number) => Math.min(Math.max(sinceStart / 10, 200), 3000)
/** More than all attempts of all steps take when each call is answered 20 seconds late. */
const patienceMs = 12 * 60_000

const time = z.string().transform((text) => Date.parse(text))

const answer = z.object({
  status: z.string(),
  endedAt: time.optional(),
  error: z.optional(operationError),
  result: z.unknown().optional(),
  steps: z.array(z.object({ state: z.string(), startedAt: time, endedAt: time.optional() })),
})

/**
 * Waits until the operation has ended, and returns it.
 *
 * @throws {Error} when it does not end
 */
export async function endedOperation(system: System, location: string) {
  const start = Date.now()
  for (;;) {
    const { endedAt, steps, ...operation } = answer.parse(await (await fetch(system.api + location)).json())
    if (endedAt !== undefined) {
      const times = steps.map(({ state, startedAt, endedAt: to = endedAt }) => ({ state, from: startedAt, to }))
      return { ...operation, steps: times }
    }
    if (Date.now() > start + patienceMs) throw new Error(`stuck: ${location} is still ${JSON.stringify(operation)}`)
    await sleep(pollMs(Date.now() - start))
  }
}
