/** The properties by which a recorded cluster is recognized. */
import { type Thumbprinted, without } from '../../ownership/keys.ts'
import type { OwnCluster } from '../../ownership/own-cluster.ts'
import { possibleIssuers } from './issuer-move.ts'
import type { ClusterStatus } from './record.ts'

/** The cluster that was set up with this issuer. Its keys are known if the deployment publishes them. */
export function expectedCluster(status: ClusterStatus, issuerUrl: string | undefined): OwnCluster {
  return { issuers: possibleIssuers(issuerUrl, status.formerIssuer), keys: ifSetUp(status, trustedKeys(status)) }
}

/** The cluster that a teardown expects. A revoked key still distinguishes the cluster from others. */
export function clusterToRemove(status: ClusterStatus): OwnCluster {
  const { cluster, formerIssuer, revokedKeys = [] } = status
  const issuers = possibleIssuers(cluster?.issuerUrl, formerIssuer)
  return { issuers, keys: ifSetUp(status, [...trustedKeys(status), ...revokedKeys]) }
}

/** The keys that can vouch for a new key of the cluster: published or accepted ones that are not revoked. */
export function trustedKeys({
  publishedKeys = [],
  acceptedKeys = [],
  revokedKeys = [],
}: ClusterStatus): Thumbprinted[] {
  return without([...publishedKeys, ...acceptedKeys], revokedKeys)
}

/**
 * Returns undefined if the deployment publishes no keys. Returns undefined also before the first successful setup,
 * because the cluster's credentials may lead to another cluster until then.
 */
function ifSetUp({ verifiedAt, publishedKeys }: ClusterStatus, keys: readonly Thumbprinted[]) {
  return verifiedAt === undefined || publishedKeys === undefined ? undefined : keys
}
