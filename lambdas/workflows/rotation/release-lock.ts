import { releaseLock } from '../../operations/lock/lock.ts'
import { failureOf } from '../../operations/reconcile/operation-end.ts'
import { readOperation } from '../../operations/record/operations.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './release-lock.step.ts'

/** Releases the cluster's lock. If a step of the rotation has failed for this cluster, returns the failure. */
export const run: StepRun<typeof description> = async ({ error, cause }, { operationId, cluster }) => {
  await releaseLock(cluster, operationId)
  if (error === undefined) return { output: {}, changes: [] }
  const recorded = await readOperation(operationId)
  const steps = recorded?.steps.filter(({ item }) => item === cluster) ?? []
  return { output: { failure: failureOf({ error, cause }, cluster, steps) }, changes: [] }
}

export const handler = step(description, run)
