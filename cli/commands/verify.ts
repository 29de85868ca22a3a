import { answerOf } from '../api/answer.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'
import { workloadName } from './workload-name.ts'

/** Repeats the proof of one workload, or of all workloads of the cluster. */
export async function verify(context: Context, cluster: string, workload: string | undefined): Promise<ExitCode> {
  const body = workload === undefined ? {} : { workload: workloadName(workload) }
  const post = context.api.POST('/v1/clusters/{cluster}/verifications', { params: { path: { cluster } }, body })
  return showToItsEnd(context, (await answerOf(post)).operationId)
}
