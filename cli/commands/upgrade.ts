import { answerOf } from '../../client/answer.ts'
import { readCluster } from '../../client/reads.ts'
import { type WebhookChanges, withWebhook } from '../../client/starts.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'

export interface UpgradeOptions extends WebhookChanges {
  readonly dryRun?: true | undefined
}

/** Changes the webhook in a cluster's spec. Omitted options and the workloads stay unchanged. */
export async function upgrade(
  context: Context,
  cluster: string,
  { dryRun, ...changes }: UpgradeOptions,
): Promise<ExitCode> {
  const { spec, generation } = await readCluster(context.api, cluster)
  const query = dryRun ? { dryRun: 'true' as const } : {}
  const params = { path: { cluster }, query, header: { 'If-Match': `"${generation}"` } }
  const put = context.api.PUT('/v1/clusters/{cluster}', { params, body: withWebhook(spec, changes) })
  return showToItsEnd(context, answerOf(put))
}
