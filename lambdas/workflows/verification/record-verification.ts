import { readClusterStatus, recordVerified, resultOf } from '../../operations/record/cluster-record.ts'
import { endOperation } from '../../operations/record/operations.ts'
import { noStatus } from '../../operations/record/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-verification.step.ts'

/** Ends the verification. If it was for all workloads, also records its time in the status of the cluster. */
export const run: StepRun<typeof description> = async ({ all }, { operationId, cluster }) => {
  if (all) await recordVerified(cluster)
  const result = resultOf((await readClusterStatus(cluster)) ?? noStatus)
  await endOperation({ operationId }, { status: 'succeeded', ...(result && { result }) })
  return { output: {}, changes: [] }
}

export const handler = step(description, run)
