import { failureOf } from '../operations/operation-end.ts'
import { endOperation, readOperation } from '../operations/operations.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './record-failure.step.ts'

/**
 * Records what failed, in which step, on which object and what to do, and releases the lock. Gives back what it
 * records.
 */
export const run: StepRun<typeof description> = async (caught, { operationId }) => {
  const recorded = await readOperation(operationId)
  const cluster = recorded?.operation.cluster
  const error = failureOf(caught, cluster, recorded?.steps ?? [])
  await endOperation({ operationId, ...(cluster !== undefined && { cluster }) }, { status: 'failed', error })
  return { output: error, changes: [] }
}

export const handler = step(description, run)
