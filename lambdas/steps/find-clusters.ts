import * as z from 'zod/mini'
import { listClusters } from '../clouds/aws/cluster-record.ts'
import { chosenForRotation, mostClusters } from '../domain/rotation.ts'
import { step } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

export const input = z.object({})

export interface FoundClusters {
  /** Names, in any order. */
  readonly clusters: readonly string[]
  /** Names of those that one run has no room for: another one takes them. */
  readonly left: readonly string[]
}

/** The clusters of the record. */
export const run: StepRun<z.output<typeof input>, FoundClusters> = async (_, { operationId }) => {
  const found = await listClusters({ limit: 10 * mostClusters })
  const names = found.map(({ cluster }) => cluster)
  return { output: chosenForRotation(names, operationId), changes: [] }
}

export const handler = step({ state: 'FindClusters', input, run })
