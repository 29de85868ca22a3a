import { listLastRuns } from '../../operations/record/cluster-record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './find-clusters.step.ts'
import { batchesOf, pageOf } from './rotation.ts'

/** Finds a page of the recorded clusters, in batches. */
export const run: StepRun<typeof description> = async ({
  oldestBy,
  place = { begunAt: new Date().toISOString(), after: '' },
}) => {
  const { clusters, next } = pageOf(await listLastRuns(oldestBy), place)
  return { output: { batches: batchesOf(clusters), ...(next && { next }) }, changes: [] }
}

export const handler = step(description, run)
