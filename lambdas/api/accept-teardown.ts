import { readCheckedFacts } from '../clouds/aws/cluster-facts.ts'
import type { RecordedCluster } from '../clouds/aws/cluster-record.ts'
import { problem } from '../domain/problem.ts'
import type { WorkloadRef } from '../domain/proof.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { type TeardownOptions, teardownOf } from '../domain/teardown.ts'
import { type Answer, type ApiCall, Refusal } from '../middleware/operation.ts'
import { accept } from './accept.ts'

/** Starts the teardown of a cluster, or of one workload of it. @throws Refusal */
export async function acceptTeardown(
  call: ApiCall,
  recorded: RecordedCluster,
  asked: { readonly workload?: WorkloadRef; readonly options: TeardownOptions },
): Promise<Answer> {
  const { workload, options } = asked
  const facts = await readCheckedFacts(recorded.cluster)
  const made = teardownOf({ ...recorded, facts }, workload, options)
  if ('refused' in made) throw new Refusal(problem('conflict', { detail: made.refused }))
  const { cluster } = recorded.cluster
  return accept(call, {
    kind: 'teardown',
    cluster,
    request: made.request,
    requestHash: hashOf(['teardown', cluster, asked]),
    ...(!options.dryRun && { change: 'as asked' as const }),
  })
}
