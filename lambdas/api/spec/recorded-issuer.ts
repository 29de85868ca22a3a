import type { ClusterItem } from '../../operations/record/record.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'

/**
 * The request with the recorded issuer, if the deployment hosts the issuer. Issuer hosts that the deployment
 * got later are for new clusters: the tokens and roles of this cluster name the recorded issuer.
 *
 * @param recorded undefined when no setup of the cluster was ever requested
 */
export function withRecordedIssuer(request: SetupRequest, recorded: ClusterItem | undefined): SetupRequest {
  const isHosted = request.discovery?.hosting !== undefined && recorded?.spec.discovery?.hosting !== undefined
  const issuerUrl = recorded?.spec.cluster.issuerUrl
  if (!isHosted || issuerUrl === undefined) return request
  return { ...request, cluster: { ...request.cluster, issuerUrl } }
}
