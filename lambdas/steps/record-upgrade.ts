import * as z from 'zod/mini'
import { endAsHolder } from '../clouds/aws/end-as-holder.ts'
import { recordedError } from '../domain/record.ts'
import { tell } from '../domain/told-failure.ts'
import { errorOfUnrestarted } from '../domain/upgrade-result.ts'
import { recordingStep } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

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
