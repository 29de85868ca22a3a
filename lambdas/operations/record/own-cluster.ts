/** By what the record knows a cluster again that was set up. */
import { type Thumbprinted, without } from '../../ownership/keys.ts'
import type { OwnCluster } from '../../ownership/own-cluster.ts'
import { possibleIssuers } from './issuer-move.ts'
import type { ClusterStatus } from './record.ts'

/** The cluster that was set up, at this issuer. Its keys are known where the deployment publishes them. */
export function ownCluster(status: ClusterStatus, issuerUrl: string | undefined): OwnCluster {
  return { issuers: possibleIssuers(issuerUrl, status.formerIssuer), keys: ifSetUp(status, trustedKeys(status)) }
}

/** The same for a teardown. A key that was revoked still tells the cluster from others. */
export function clusterToRemove(status: ClusterStatus): OwnCluster {
  const { cluster, formerIssuer, revokedKeys = [] } = status
  const issuers = possibleIssuers(cluster?.issuerUrl, formerIssuer)
  return { issuers, keys: ifSetUp(status, [...trustedKeys(status), ...revokedKeys]) }
}

/** The keys by one of which a new key of a cluster is vouched for: those that are published or accepted, and not revoked. */
export function trustedKeys({
  publishedKeys = [],
  acceptedKeys = [],
  revokedKeys = [],
}: ClusterStatus): Thumbprinted[] {
  return without([...publishedKeys, ...acceptedKeys], revokedKeys)
}

/** A setup that has not gone to its end may have been given the credentials of another cluster. */
function ifSetUp({ verifiedAt, publishedKeys }: ClusterStatus, keys: readonly Thumbprinted[]) {
  return verifiedAt === undefined || publishedKeys === undefined ? undefined : keys
}
