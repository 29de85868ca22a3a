import { encodeFailure } from '../../errors/failure-codec.ts'
import { completeIfHeld } from '../../operations/complete-if-held.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-upgrade.step.ts'
import { errorOfUnrestarted } from './result.ts'
/**
 * Ends an upgrade that has nothing left to do, and releases the lock. One that has left a controller as it was is the
 * workflow's to fail: this says with which error.
 */
export const run: StepRun<typeof description> = async ({ remaining }, { operationId, cluster }) => {
  const error = errorOfUnrestarted(remaining)
  if (error) {
    // As a function's own error comes to the workflow: RecordFailure finds in it what it tells.
    const cause = JSON.stringify({ errorMessage: encodeFailure(error) })
    return { output: { restarted: false, error: error.name, cause }, changes: [] }
  }
  await completeIfHeld({ operationId, cluster })
  return { output: { restarted: true }, changes: [] }
}

export const handler = step(description, run)
