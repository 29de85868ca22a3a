import * as z from 'zod/mini'
import { recordedError } from '../../errors/recorded.ts'
import { tell } from '../../errors/told-failure.ts'
import { endAsHolder } from '../../operations/complete-if-held.ts'
import type { StepRun } from '../../steps/contract.ts'
import { recordingStep } from '../../steps/step.ts'
import { errorOfUnrestarted } from './result.ts'

/** Controllers that were to be restarted and could not be. */
export const input = z.object({ left: z.array(recordedError) })

/** `error` and `cause` are what the workflow fails with. */
type Output =
  | { readonly restarted: true }
  | { readonly restarted: false; readonly error: string; readonly cause: string }

/**
 * Ends an upgrade that has nothing left to do, and releases the lock. One that has left a controller as it was is the
 * workflow's to fail: this says with which error.
 */
export const run: StepRun<z.output<typeof input>, Output> = async ({ left }, { operationId, cluster }) => {
  const error = errorOfUnrestarted(left)
  if (error) {
    // As a function's own error comes to the workflow: RecordFailure finds in it what it tells.
    const cause = JSON.stringify({ errorMessage: tell(error) })
    return { output: { restarted: false, error: error.name, cause }, changes: [] }
  }
  await endAsHolder({ operationId, cluster })
  return { output: { restarted: true }, changes: [] }
}

export const handler = recordingStep({ state: 'RecordUpgrade', input, run })
