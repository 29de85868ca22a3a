import type * as z from 'zod/mini'
import { allDone } from '../../errors/attempts.ts'
import { encodeFailure } from '../../errors/failure-codec.ts'
import { errorOfRemaining } from '../../errors/remaining.ts'
import { endedMeanwhile } from '../../operations/operation-end.ts'
import { endAndForget, endOperation, readOperation } from '../../operations/operations.ts'
import { hasEnded } from '../../operations/record.ts'
import { forgetWorkload } from '../../operations/workload-record.ts'
import type { StepContext, StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-teardown.step.ts'
import { outcomeOf } from './teardown.ts'

type Input = z.output<typeof description.input>
/**
 * Ends a teardown of which nothing is left, and forgets what it was of. One of which something is left is the workflow's to
 * fail: this says with which error. A dry run ends in the same way, and forgets nothing.
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const recorded = await readOperation(context.operationId)
  // Run again after a crash at the very end.
  if (recorded?.operation.status === 'succeeded') return { output: { gone: true }, changes: [] }
  if (!recorded || hasEnded(recorded.operation.status)) throw endedMeanwhile(context.cluster)
  const { remaining } = outcomeOf(recorded.request, recorded.steps, request.failures)
  const error = errorOfRemaining(remaining)
  if (error) {
    // As a function's own error comes to the workflow: RecordFailure finds in it what it tells.
    const cause = JSON.stringify({ errorMessage: encodeFailure(error) })
    return { output: { gone: false, error: error.name, cause }, changes: [] }
  }
  if (!(await end(request, context))) throw endedMeanwhile(context.cluster)
  return { output: { gone: true }, changes: [] }
}

export const handler = step(description, run)

async function end(
  { workloads, whole }: Input,
  { operationId, cluster, dryRun }: Pick<StepContext, 'operationId' | 'cluster' | 'dryRun'>,
): Promise<boolean> {
  if (whole && !dryRun) return endAndForget(operationId, cluster)
  if (!dryRun) await allDone(workloads.map((workload) => forgetWorkload(cluster, workload)))
  return endOperation({ operationId, cluster }, { status: 'succeeded' })
}
