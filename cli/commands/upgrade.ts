import { answerOf } from '../api/answer.ts'
import type { components } from '../api/types.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'

export type UpgradeOptions = components['schemas']['WebhookUpgradeRequest']

/** Changes the webhook of a cluster. What is left out stays. */
export async function upgrade(context: Context, cluster: string, body: UpgradeOptions): Promise<ExitCode> {
  const post = context.api.POST('/v1/clusters/{cluster}/webhook-upgrades', { params: { path: { cluster } }, body })
  return showToItsEnd(context, (await answerOf(post)).operationId)
}
