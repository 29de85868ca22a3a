import { encodeFailure } from '../../errors/failure-codec.ts'
import { completeIfHeld } from '../../operations/complete-if-held.ts'
import { endOperation } from '../../operations/operations.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-upgrade.step.ts'
import { errorOfUnrestarted } from './result.ts'

/**
 * Ends an upgrade with nothing remaining, and releases the lock. When a controller could not be restarted, gives back
 * the error with which the workflow fails, and does not end the upgrade.
 *
 * @throws {OperationEnded} when somebody else has ended the operation
 */
export const run: StepRun<typeof description> = async ({ remaining }, { operationId, cluster, dryRun }) => {
  const error = errorOfUnrestarted(remaining, dryRun)
  if (error) {
    // The cause has the form that it has when a function throws. RecordFailure decodes the failure from it.
    const cause = JSON.stringify({ errorMessage: encodeFailure(error) })
    return { output: { restarted: false, error: error.name, cause }, changes: [] }
  }
  // A dry run holds no lock.
  if (dryRun) await endOperation({ operationId }, { status: 'succeeded' })
  else await completeIfHeld({ operationId, cluster })
  return { output: { restarted: true }, changes: [] }
}

export const handler = step(description, run)
