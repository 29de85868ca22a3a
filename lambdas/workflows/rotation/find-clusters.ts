import { listClusters } from '../../operations/cluster-record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './find-clusters.step.ts'
import { batchesOf, pageSize } from './rotation.ts'

/** Finds a page of the clusters in the record, in batches. */
export const run: StepRun<typeof description> = async ({ after }) => {
  const { entries, next } = await listClusters({ after, reads: pageSize })
  return { output: { batches: batchesOf(entries), ...(next !== undefined && { next }) }, changes: [] }
}

export const handler = step(description, run)
