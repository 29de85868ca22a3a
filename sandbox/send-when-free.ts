import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, RefusedRequest } from '../cli/api/answer.ts'
import type { Context } from '../cli/context.ts'
import type { Output } from '../cli/output.ts'
import type { SetupRequest } from '../cli/request-file/read.ts'

/** Milliseconds. A step of a start that was cut off may write for a minute more: that is how long its function may run. */
const patience = 3 * 60_000
const pause = 1_000

/**
 * Sends a setup, and gives back its operation. Where another operation of the cluster has not ended, or has ended in the
 * middle of a step, it says so and waits.
 *
 * @returns undefined at Ctrl-C
 * @throws {RefusedRequest} for any other refusal, and when the cluster stays busy
 */
export async function sendWhenFree(
  { api, output, interrupt: signal }: Pick<Context, 'api' | 'interrupt'> & { readonly output: Pick<Output, 'print'> },
  body: SetupRequest,
): Promise<string | undefined> {
  const end = Date.now() + patience
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return (await answerOf(api.POST('/v1/setups', { body }))).operationId
    } catch (error) {
      if (!isBusy(error) || Date.now() > end) throw error
      if (attempt === 1)
        output.print([{ text: `  … waits for an operation of an earlier start: ${error.problem.detail}`, hang: 4 }])
      await sleep(pause, undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}

function isBusy(error: unknown): error is RefusedRequest {
  return error instanceof RefusedRequest && error.problem.type.endsWith(':already-running')
}
