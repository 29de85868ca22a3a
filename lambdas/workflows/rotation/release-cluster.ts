import * as z from 'zod/mini'
import type { OperationError } from '../../errors/recorded.ts'
import { releaseLock } from '../../operations/lock.ts'
import { failureOf } from '../../operations/operation-end.ts'
import { readOperation } from '../../operations/operations.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'

/** What a state of the cluster has ended in, unless all went well. */
export const input = z.object({ error: z.optional(z.string()), cause: z.optional(z.string()) })

/** Gives the cluster free, and back what failed in it, in which step and on which object, if anything did. */
export const run: StepRun<z.output<typeof input>, { readonly failure?: OperationError }> = async (
  { error, cause },
  { operationId, cluster },
) => {
  await releaseLock(cluster, operationId)
  if (error === undefined) return { output: {}, changes: [] }
  const recorded = await readOperation(operationId)
  const steps = recorded?.steps.filter(({ item }) => item === cluster) ?? []
  return { output: { failure: failureOf({ error, cause }, cluster, steps) }, changes: [] }
}

export const handler = step({ state: 'ReleaseCluster', input, run })
