import { setTimeout as sleep } from 'node:timers/promises'
import { isRefusal, RefusedRequest } from '../api/answer.ts'
import type { Context } from '../context.ts'

/** Average milliseconds between two attempts, and the number of attempts: 15 minutes in total. */
const usualPauseMs = 15_000
const maxAttempts = 60

/**
 * Sends the request again while the caller has the maximum number of running operations, because one of them will end.
 *
 * @throws {RefusedRequest} for any other rejection, after the last attempt, and at Ctrl-C
 */
export async function retryWhileTooManyRunning<Answer>(
  context: Pick<Context, 'output' | 'interrupt'>,
  send: () => Promise<Answer>,
  pauseMs = usualPauseMs,
): Promise<Answer> {
  for (let attempt = 1; attempt < maxAttempts; attempt++) {
    const answer = await answerOrRefusal(send)
    if (!(answer instanceof RefusedRequest)) return answer
    if (attempt === 1) sayThatItWaits(context, answer)
    // Random, so that requests that wait in parallel do not retry together.
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: context.interrupt }).catch(() => undefined)
    if (context.interrupt.aborted) throw answer
  }
  return send()
}

async function answerOrRefusal<Answer>(send: () => Promise<Answer>): Promise<Answer | RefusedRequest> {
  try {
    return await send()
  } catch (error) {
    if (isRefusal(error, 429)) return error
    throw error
  }
}

function sayThatItWaits({ output }: Pick<Context, 'output'>, { problem }: RefusedRequest): void {
  if (!output.isJson) output.print([{ text: `  … waits: ${problem.title}`, hang: 4 }])
}
