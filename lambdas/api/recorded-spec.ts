import type { RecordedCluster } from '../operations/cluster-record.ts'
import { hashOf } from '../operations/request-hash.ts'
import type { SetupRequest } from '../spec/parts.ts'
import { withRecordedIssuer } from './recorded-issuer.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'

/**
 * Whether a request differs from the record in its workloads alone, or in whether it adopts, which is asked apart.
 *
 * @param body the request as it was sent
 */
export function isRecordedSpec(request: SetupRequest, body: unknown, recorded: RecordedCluster | undefined): boolean {
  if (!recorded) return false
  const filled = withRecordedWebhook(request, body, recorded.cluster).request
  const { workloads: _, adopt, ...asked } = withRecordedIssuer(filled, recorded.cluster)
  return hashOf({ ...asked, adopt }) === hashOf({ ...recorded.cluster.spec, adopt })
}
