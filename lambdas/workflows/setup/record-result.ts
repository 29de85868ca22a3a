import { readResult, setUpNow } from '../../operations/cluster-record.ts'
import { completeIfHeld } from '../../operations/complete-if-held.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-result.step.ts'

/**
 * Ends the setup. Records with the cluster that it is set up, and with the operation its result, and releases the lock.
 */
export const run: StepRun<typeof description> = async (_, { operationId, cluster }) => {
  await completeIfHeld({ operationId, cluster }, [setUpNow(cluster)], await readResult(cluster))
  return { output: {}, changes: [] }
}

export const handler = step(description, run)
