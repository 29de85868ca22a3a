import { setTimeout as sleep } from 'node:timers/promises'
import { RefusedRequest } from '../api/answer.ts'
import type { Context } from '../context.ts'

/** Milliseconds between two attempts, about, and how many there are: a quarter of an hour in all. */
const usualPauseMs = 15_000
const maxAttempts = 60

/**
 * Sends again while the caller has as many operations running as it may: one of them will end.
 *
 * @throws {RefusedRequest} for any other refusal, after the last attempt, and at Ctrl-C
 */
export async function whenThereIsRoom<Answer>(
  context: Pick<Context, 'output' | 'interrupt'>,
  send: () => Promise<Answer>,
  pauseMs = usualPauseMs,
): Promise<Answer> {
  for (let attempt = 1; attempt < maxAttempts; attempt++) {
    const answer = await answerOrFull(send)
    if (!(answer instanceof RefusedRequest)) return answer
    if (attempt === 1) sayThatItWaits(context, answer)
    // Those that wait side by side must not come back at the same moment.
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: context.interrupt }).catch(() => undefined)
    if (context.interrupt.aborted) throw answer
  }
  return send()
}

async function answerOrFull<Answer>(send: () => Promise<Answer>): Promise<Answer | RefusedRequest> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof RefusedRequest && error.problem.status === 429) return error
    throw error
  }
}

function sayThatItWaits({ output }: Pick<Context, 'output'>, { problem }: RefusedRequest): void {
  if (!output.isJson) output.print([{ text: `  … waits: ${problem.title}`, hang: 4 }])
}
