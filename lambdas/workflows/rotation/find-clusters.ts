import { firstClusters } from '../../operations/cluster-record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './find-clusters.step.ts'
import { chosenForRotation, maxClusters } from './rotation.ts'

/** Chooses the clusters to rotate from the clusters in the record. */
export const run: StepRun<typeof description> = async (_, { operationId }) => {
  const observed = await firstClusters(10 * maxClusters)
  const names = observed.map(({ cluster }) => cluster)
  return { output: chosenForRotation(names, operationId), changes: [] }
}

export const handler = step(description, run)
