import { answerOf } from '../api/answer.ts'
import type { components } from '../api/types.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'
import { setupRequest } from '../request-file/read.ts'

type Schemas = components['schemas']

export interface UpgradeOptions extends Pick<Schemas['Webhook'], 'image' | 'certificate' | 'failurePolicy'> {
  readonly adopt?: true | undefined
  readonly dryRun?: true | undefined
}

/** Changes the webhook in a cluster's spec. Omitted options and the workloads stay unchanged. */
export async function upgrade(
  context: Context,
  cluster: string,
  { adopt, dryRun, ...changes }: UpgradeOptions,
): Promise<ExitCode> {
  const path = { cluster }
  const { spec, generation } = await answerOf(context.api.GET('/v1/clusters/{cluster}', { params: { path } }))
  const recorded = setupRequest.parse(spec)
  const webhook = { ...recorded.webhook, ...changes, ...(adopt && { mode: 'install' }) }
  const { workloads: _, ...body } = setupRequest.parse({ ...recorded, webhook, adopt: adopt ?? false })
  const query = dryRun ? { dryRun: 'true' as const } : {}
  const params = { path, query, header: { 'If-Match': `"${generation}"` } }
  const put = context.api.PUT('/v1/clusters/{cluster}', { params, body })
  return showToItsEnd(context, (await answerOf(put)).operationId)
}
