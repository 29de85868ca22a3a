import * as z from 'zod/mini'
import { encodeFailure } from '../../errors/failure-codec.ts'
import type { OperationError } from '../../errors/recorded.ts'
import { listGenerations } from '../../operations/lists/generation-list.ts'
import { completeIfHeld } from '../../operations/lock/complete-if-held.ts'
import {
  type RecordedCluster,
  readCluster,
  resultOf,
  succeededSetupWrite,
} from '../../operations/record/cluster-record.ts'
import { isApplied, isStillApplied } from '../../operations/record/generation.ts'
import { deleteIfLockHeld, readOperation } from '../../operations/record/operations.ts'
import { noStatus, type StepItem } from '../../operations/record/record.ts'
import { workloadKey } from '../../operations/record/workload-record.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import { workloadFields } from '../../spec/setup-request.ts'
import type { StepContext, StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { failureIn } from '../caught-state.ts'
import { leftBy } from '../left-by.ts'
import { errorOfFailures } from './failures.ts'
import { description } from './record-result.step.ts'

type Input = z.output<typeof description.input>

/**
 * Ends the setup: records its success and its result, deletes the records of removed workloads, and releases the lock.
 * When a part has failed, or something of a removed workload remains, it does not end the setup. It then returns the
 * error with which the workflow fails.
 */
export const run: StepRun<typeof description> = async (input, context) => {
  const error = await errorOf(input, context)
  if (error) {
    // The reconciler reads a failure from the `cause` of a failed Lambda function, so this cause has the same form.
    const cause = JSON.stringify({ errorMessage: encodeFailure(error) })
    return { output: { complete: false, error: error.name, cause }, changes: [] }
  }
  await end(input.removed ?? [], context)
  return { output: { complete: true }, changes: [] }
}

export const handler = step(description, run)

async function errorOf({ failures, removed }: Input, context: StepContext): Promise<OperationError | undefined> {
  if (failures.length === 0 && removed === undefined) return undefined
  const steps = await stepsOf(context)
  const failed = failures.map((one) => failureIn(one, context.cluster, steps))
  const error = errorOfFailures([...failed, ...steps.flatMap(leftBy)])
  if (failures.length > 0 && !error) throw new Error('there are failures, but none of them has an error')
  return error
}

async function stepsOf({ operationId }: StepContext): Promise<readonly StepItem[]> {
  return (await readOperation(operationId))?.steps ?? []
}

async function end(removed: NonNullable<Input['removed']>, { operationId, cluster, status }: StepContext) {
  const ref = { operationId, cluster }
  const forgotten = removed.map((workload) => workloadKey(cluster, workload))
  // Deletes nothing when the operation no longer holds the lock. completeIfHeld then throws.
  await deleteIfLockHeld(ref, forgotten)
  const recorded = await readCluster(cluster)
  const isDone = recorded && (await isAllApplied(recorded, operationId))
  const generation = isDone ? recorded.cluster.generation : undefined
  const result = resultOf(recorded?.cluster.status ?? noStatus)
  await completeIfHeld(ref, [succeededSetupWrite(cluster, status, generation)], result)
}

async function isAllApplied(recorded: RecordedCluster, operationId: string): Promise<boolean> {
  const { cluster, generation, lastOperationId, status } = recorded.cluster
  // If another operation has written a newer spec meanwhile, that operation applies it.
  if (lastOperationId !== operationId || !isApplied(recorded)) return false
  const { observedGeneration: last = 1 } = status
  if (last === generation) return true
  const ofOperation = new Set((await workloadsOf(operationId)).map(itemOf))
  const others = recorded.workloads.filter((one) => !ofOperation.has(itemOf(one)))
  if (others.length === 0) return true
  const since = await listGenerations(cluster, { limit: generation - last + 1 })
  return since.at(-1)?.generation === last && others.every((one) => isStillApplied(one, since))
}

const requested = z.object({ workloads: z.array(z.object(workloadFields)) })

async function workloadsOf(operationId: string): Promise<readonly WorkloadRef[]> {
  const operation = await readOperation(operationId)
  return operation ? requested.parse(operation.request).workloads : []
}
