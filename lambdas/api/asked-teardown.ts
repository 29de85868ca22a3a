import { readCheckedFacts } from '../clouds/aws/cluster-facts.ts'
import type { RecordedCluster } from '../clouds/aws/cluster-record.ts'
import type { Asked } from '../clouds/aws/start-operation.ts'
import { problem } from '../domain/problem.ts'
import type { WorkloadRef } from '../domain/proof.ts'
import { type TeardownOptions, teardownOf } from '../domain/teardown.ts'
import { Refusal } from '../middleware/operation.ts'

/** The teardown of a recorded cluster, or of one workload of it, as it is asked for. @throws Refusal */
export async function askedTeardown(
  recorded: RecordedCluster,
  { workload, options }: { readonly workload?: WorkloadRef; readonly options: TeardownOptions },
): Promise<Asked> {
  const facts = await readCheckedFacts(recorded.cluster)
  const made = teardownOf({ ...recorded, facts }, workload, options)
  if ('refused' in made) throw new Refusal(problem('conflict', { detail: made.refused }))
  const { cluster } = recorded.cluster
  return {
    kind: 'teardown',
    cluster,
    request: made.request,
    ...(!options.dryRun && { change: 'as asked' as const }),
    madeFrom: recorded,
  }
}
