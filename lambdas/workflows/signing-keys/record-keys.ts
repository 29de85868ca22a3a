import { completeIfHeld } from '../../operations/lock/complete-if-held.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-keys.step.ts'

/**
 * Ends a refresh or a revocation, and releases the lock. Records no result: each read of the operation computes it from
 * the records of the steps.
 *
 * @throws {OperationEnded} when something else has ended the operation
 */
export const run: StepRun<typeof description> = async (_, { operationId, cluster }) => {
  await completeIfHeld({ operationId, cluster })
  return { output: {}, changes: [] }
}

export const handler = step(description, run)
