import * as z from 'zod/mini'
import { listClusters } from '../../operations/cluster-record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { chosenForRotation, mostClusters } from './rotation.ts'

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
