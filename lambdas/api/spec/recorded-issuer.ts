import type { ClusterItem } from '../../operations/record/record.ts'
import type { SetupRequest } from '../../spec/parts.ts'

/**
 * The request, with the recorded issuer of a cluster whose issuer the deployment hosts. A host that the deployment got
 * later is for new clusters: the tokens and the roles of this one name the issuer that it has.
 *
 * @param recorded undefined when no setup of the cluster was ever requested
 */
export function withRecordedIssuer(request: SetupRequest, recorded: ClusterItem | undefined): SetupRequest {
  const isHosted = request.discovery?.hosting !== undefined && recorded?.spec.discovery?.hosting !== undefined
  const issuerUrl = recorded?.spec.cluster.issuerUrl
  if (!isHosted || issuerUrl === undefined) return request
  return { ...request, cluster: { ...request.cluster, issuerUrl } }
}
