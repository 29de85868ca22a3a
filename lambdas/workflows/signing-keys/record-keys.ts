import { completeIfHeld } from '../../operations/lock/complete-if-held.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-keys.step.ts'

/**
 * Ends a refresh or a revocation, whose result is computed from the steps' records, and releases the lock.
 *
 * @throws {OperationEnded} when something else has ended the operation
 */
export const run: StepRun<typeof description> = async (_, { operationId, cluster }) => {
  await completeIfHeld({ operationId, cluster })
  return { output: {}, changes: [] }
}

export const handler = step(description, run)
