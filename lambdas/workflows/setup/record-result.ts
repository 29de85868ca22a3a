import type * as z from 'zod/mini'
import { encodeFailure } from '../../errors/failure-codec.ts'
import type { OperationError } from '../../errors/recorded.ts'
import { readCluster, resultOf, setUpNow } from '../../operations/cluster-record.ts'
import { completeIfHeld } from '../../operations/complete-if-held.ts'
import { isBroughtAbout } from '../../operations/generation.ts'
import { deleteHolding, readOperation } from '../../operations/operations.ts'
import { noStatus, type StepItem } from '../../operations/record.ts'
import { workloadKey } from '../../operations/workload-record.ts'
import type { StepContext, StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { failureIn } from '../caught-state.ts'
import { leftBy } from '../left-by.ts'
import { errorOfFailures } from './failures.ts'
import { description } from './record-result.step.ts'

type Input = z.output<typeof description.input>

/**
 * Ends the setup. Records with the cluster that it is set up, and with the operation its result, forgets the workloads that it
 * has removed, and releases the lock. When a part has failed, or something of a removed workload stays, gives back the error with
 * which the workflow fails, and does not end the setup.
 */
export const run: StepRun<typeof description> = async (input, context) => {
  const error = await errorOf(input, context)
  if (error) {
    // The cause has the form that it has when a function throws. RecordFailure decodes the failure from it.
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
  if (failures.length > 0 && !error) throw new Error('a list of failures that is not empty has a first one')
  return error
}

async function stepsOf({ operationId }: StepContext): Promise<readonly StepItem[]> {
  return (await readOperation(operationId))?.steps ?? []
}

async function end(removed: NonNullable<Input['removed']>, { operationId, cluster, status }: StepContext) {
  const ref = { operationId, cluster }
  const forgotten = removed.map((workload) => workloadKey(cluster, workload))
  // Not when the operation has lost its lock: completeIfHeld says so.
  await deleteHolding(ref, forgotten)
  const recorded = await readCluster(cluster)
  // A newer spec may have been written meanwhile. Its own operation brings it about.
  const isNewest = recorded?.cluster.lastOperationId === operationId
  const generation = isNewest && isBroughtAbout(recorded) ? recorded.cluster.generation : undefined
  const result = resultOf(recorded?.cluster.status ?? noStatus)
  await completeIfHeld(ref, [setUpNow(cluster, status, generation)], result)
}
