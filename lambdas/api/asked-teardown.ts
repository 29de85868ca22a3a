import { readCheckedFacts } from '../clouds/aws/cluster-facts.ts'
import type { RecordedCluster } from '../clouds/aws/cluster-record.ts'
import { problem } from '../domain/problem.ts'
import type { WorkloadRef } from '../domain/proof.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { type TeardownOptions, teardownOf } from '../domain/teardown.ts'
import { Refusal } from '../middleware/operation.ts'
import type { CallersAsked } from './accept.ts'

/** The teardown of a recorded cluster, or of one workload of it, as it is asked for. @throws Refusal */
export async function askedTeardown(
  recorded: RecordedCluster,
  asked: { readonly workload?: WorkloadRef; readonly options: TeardownOptions },
): Promise<CallersAsked> {
  const { workload, options } = asked
  const facts = await readCheckedFacts(recorded.cluster)
  const made = teardownOf({ ...recorded, facts }, workload, options)
  if ('refused' in made) throw new Refusal(problem('conflict', { detail: made.refused }))
  const { cluster } = recorded.cluster
  return {
    kind: 'teardown',
    cluster,
    request: made.request,
    requestHash: hashOf(['teardown', cluster, asked]),
    ...(!options.dryRun && { change: 'as asked' as const }),
    madeFrom: recorded,
  }
}
