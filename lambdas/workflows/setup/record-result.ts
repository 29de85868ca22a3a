import { encodeFailure } from '../../errors/failure-codec.ts'
import { readCluster, resultOf, setUpNow } from '../../operations/cluster-record.ts'
import { completeIfHeld } from '../../operations/complete-if-held.ts'
import { isBroughtAbout } from '../../operations/generation.ts'
import { readOperation } from '../../operations/operations.ts'
import { noStatus } from '../../operations/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { failureIn } from '../caught-state.ts'
import { errorOfFailures } from './failures.ts'
import { description } from './record-result.step.ts'

/**
 * Ends the setup. Records with the cluster that it is set up, and with the operation its result, and releases the lock.
 * When a part has failed, gives back the error with which the workflow fails, and does not end the setup.
 */
export const run: StepRun<typeof description> = async ({ failures }, { operationId, cluster, status }) => {
  if (failures.length === 0) {
    const recorded = await readCluster(cluster)
    const generation = recorded && isBroughtAbout(recorded) ? recorded.cluster.generation : undefined
    const result = resultOf(recorded?.cluster.status ?? noStatus)
    await completeIfHeld({ operationId, cluster }, [setUpNow(cluster, status, generation)], result)
    return { output: { complete: true }, changes: [] }
  }
  const { steps } = (await readOperation(operationId)) ?? { steps: [] }
  const error = errorOfFailures(failures.map((one) => failureIn(one, cluster, steps)))
  if (!error) throw new Error('a list of failures that is not empty has a first one')
  // The cause has the form that it has when a function throws. RecordFailure decodes the failure from it.
  const cause = JSON.stringify({ errorMessage: encodeFailure(error) })
  return { output: { complete: false, error: error.name, cause }, changes: [] }
}

export const handler = step(description, run)
