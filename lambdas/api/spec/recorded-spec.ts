import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { hashOf } from '../../operations/record/hash.ts'
import type { ClusterItem } from '../../operations/record/record.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import { withRecordedIssuer } from './recorded-issuer.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'

/**
 * Whether a request equals the record. Ignores the workloads and `adopt`, which the callers check separately.
 *
 * @param body the request before normalisation
 */
export function isRecordedSpec(request: SetupRequest, body: unknown, recorded: RecordedCluster | undefined): boolean {
  if (!recorded) return false
  const filled = withRecordedWebhook(request, body, recorded.cluster).request
  const withIssuer = withRecordedIssuer(filled, recorded.cluster)
  const { workloads: _, adopt, ...requested } = withRecordedBucket(withIssuer, recorded.cluster)
  return hashOf({ ...requested, adopt }) === hashOf({ ...recorded.cluster.spec, adopt })
}

/**
 * The request. If it omits the bucket, it gets the recorded bucket, for gke-on-aws only. A request for an existing
 * cluster can omit the bucket, but the request that creates the cluster cannot. With the bucket in the spec, a teardown
 * that deletes the cluster still finds the bucket.
 */
export function withRecordedBucket(request: SetupRequest, recorded: ClusterItem | undefined): SetupRequest {
  const before = request.cluster.provider === 'gke-on-aws' ? recorded?.spec.discovery : undefined
  const discovery = request.discovery ?? before
  return discovery === undefined ? request : { ...request, discovery }
}
