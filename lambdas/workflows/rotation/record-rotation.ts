import type * as z from 'zod/mini'
import { ClustersFailed } from '../../errors/step-errors.ts'
import { failureOf } from '../../operations/operation-end.ts'
import { endOperation } from '../../operations/operations.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-rotation.step.ts'

type Failed = z.output<typeof description.input>['failed']

const maxNamed = 10

/**
 * Ends the rotation.
 *
 * @throws {ClustersFailed} when a cluster has failed; the operation's result has the reason for each such cluster
 */
export const run: StepRun<typeof description> = async ({ failed }, { operationId }) => {
  if (failed.length > 0) throw notAll(failed)
  await endOperation({ operationId }, { status: 'succeeded' })
  return { output: {}, changes: [] }
}

export const handler = step(description, run)

function notAll(failed: Failed): ClustersFailed {
  const names = failed.map(({ cluster }) => cluster)
  const named = names.slice(0, maxNamed).join(', ')
  const more = failed.length > maxNamed ? ` and ${failed.length - maxNamed} more` : ''
  return new ClustersFailed({
    object: `${failed.length === 1 ? 'cluster' : 'clusters'} ${named}${more}`,
    reason: [
      `the rotation has failed for ${failed.length === 1 ? 'it' : 'them'}; the others were brought to their end`,
      ...failed.slice(0, maxNamed).flatMap(notFree),
    ].join('; '),
    action: "See why in the operation's result, by cluster, and fix it: the next rotation tries again",
  })
}

/** Why ReleaseLock could not release the lock of the cluster. No step could record that. */
function notFree({ cluster, error, cause }: Failed[number]): readonly string[] {
  if (error === undefined) return []
  const { object, reason } = failureOf({ error, cause }, cluster, [])
  return [`${cluster} was not given free (${object}: ${reason})`]
}
