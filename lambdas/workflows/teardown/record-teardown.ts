import type * as z from 'zod/mini'
import { claimsOf } from '../../claims/claims.ts'
import { encodeFailure } from '../../errors/failure-codec.ts'
import { errorOfRemaining } from '../../errors/remaining.ts'
import { endedMeanwhile } from '../../operations/reconcile/operation-end.ts'
import {
  deleteIfLockHeld,
  endAndForget,
  endHolding,
  endOperation,
  readOperation,
} from '../../operations/record/operations.ts'
import { hasEnded } from '../../operations/record/record.ts'
import { workloadKey } from '../../operations/record/workload-record.ts'
import type { StepContext, StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-teardown.step.ts'
import { outcomeOf } from './teardown.ts'

type Input = z.output<typeof description.input>

/**
 * If nothing remains, ends the teardown and deletes the records of the removed objects. If something remains, does not
 * end the teardown, and returns the error with which the workflow fails. A dry run ends in the same way, but deletes no
 * record.
 *
 * @throws {OperationEnded} when something else has ended the operation, or the operation does not hold the lock
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const recorded = await readOperation(context.operationId)
  // An earlier attempt has ended the teardown and then crashed.
  if (recorded?.operation.status === 'succeeded') return { output: { gone: true }, changes: [] }
  if (!recorded || hasEnded(recorded.operation.status)) throw endedMeanwhile(context.cluster)
  const { remaining } = outcomeOf(recorded.request, recorded.steps, request.failures)
  const error = errorOfRemaining(remaining)
  if (error) {
    // Has the form of a failed function's cause, because the reconciler decodes the failure from such a cause.
    const cause = JSON.stringify({ errorMessage: encodeFailure(error) })
    return { output: { gone: false, error: error.name, cause }, changes: [] }
  }
  if (!(await end(request, context))) throw endedMeanwhile(context.cluster)
  return { output: { gone: true }, changes: [] }
}

export const handler = step(description, run)

async function end(
  { workloads, whole: entireCluster }: Input,
  { operationId, cluster, dryRun }: Pick<StepContext, 'operationId' | 'cluster' | 'dryRun'>,
): Promise<boolean> {
  // A dry run holds no lock.
  if (dryRun) return endOperation({ operationId }, { status: 'succeeded' })
  if (entireCluster) return endAndForget(operationId, cluster, await claimsOf(cluster))
  const ref = { operationId, cluster }
  const forgotten = workloads.map((workload) => workloadKey(cluster, workload))
  return (await deleteIfLockHeld(ref, forgotten)) && endHolding(ref, { status: 'succeeded' }, [])
}
