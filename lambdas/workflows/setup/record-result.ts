import { recordWhatIs } from '../../operations/cluster-record.ts'
import { endAsHolder } from '../../operations/complete-if-held.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-result.step.ts'

/** Records what the setup has come to, with its cluster and with its operation, which ends; releases the lock. */
export const run: StepRun<typeof description> = async ({ installed, ...rest }, { operationId, cluster }) => {
  const result = { ...rest, webhook: installed }
  await endAsHolder({ operationId, cluster }, () => recordWhatIs(cluster, operationId, result), result)
  return { output: {}, changes: [] }
}

export const handler = step(description, run)
