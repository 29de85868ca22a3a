import type * as z from 'zod/mini'
import { ClustersFailed } from '../../errors/step-errors.ts'
import { failureOf } from '../../operations/reconcile/operation-end.ts'
import { endOperation } from '../../operations/record/operations.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-rotation.step.ts'

type Input = z.output<typeof description.input>

/**
 * Ends the rotation.
 *
 * @throws {ClustersFailed} when a cluster has failed; the operation's result has the reason for each such cluster
 */
export const run: StepRun<typeof description> = async ({ failed, count }, { operationId }) => {
  if (count > 0) throw notAll({ failed, count })
  await endOperation({ operationId }, { status: 'succeeded' })
  return { output: {}, changes: [] }
}

export const handler = step(description, run)

function notAll({ failed, count }: Input): ClustersFailed {
  const names = failed.map(({ cluster }) => cluster)
  const more = count > names.length ? ` and ${count - names.length} more` : ''
  return new ClustersFailed({
    object: `${count === 1 ? 'cluster' : 'clusters'} ${names.join(', ')}${more}`,
    reason: [
      `the rotation has failed for ${count === 1 ? 'it' : 'them'}; it has processed all other clusters`,
      ...failed.flatMap(notRecorded),
    ].join('; '),
    action: "Find the reason of each cluster in the operation's result, and fix it: the next rotation tries again",
  })
}

/** A failure that no step could record: the cluster's lock was not released, or the execution of its batch failed. */
function notRecorded({ cluster, error, cause }: Input['failed'][number]): readonly string[] {
  if (error === undefined) return []
  const { object, reason } = failureOf({ error, cause }, cluster, [])
  return [`${cluster}: ${reason} (${object})`]
}
