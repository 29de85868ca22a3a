/** The issuers and keys by which a step recognizes a recorded cluster. */
import { type Thumbprinted, without } from '../../ownership/keys.ts'
import type { OwnCluster } from '../../ownership/own-cluster.ts'
import { possibleIssuers } from './issuer-move.ts'
import type { ClusterStatus } from './record.ts'

/** The cluster that was set up with `issuerUrl`. Its keys are known if the deployment publishes them. */
export function expectedCluster(status: ClusterStatus, issuerUrl: string | undefined): OwnCluster {
  return { issuers: possibleIssuers(issuerUrl, status.formerIssuer), keys: ifSetUp(status, trustedKeys(status)) }
}

/** The cluster that a teardown expects. The cluster may still sign with a revoked key. */
export function expectedClusterToRemove(status: ClusterStatus): OwnCluster {
  const { cluster, formerIssuer, revokedKeys = [] } = status
  const issuers = possibleIssuers(cluster?.issuerUrl, formerIssuer)
  return { issuers, keys: ifSetUp(status, [...trustedKeys(status), ...revokedKeys]) }
}

/** The keys that can vouch for a new key of the cluster: published and accepted keys, except revoked keys. */
export function trustedKeys({
  publishedKeys = [],
  acceptedKeys = [],
  revokedKeys = [],
}: ClusterStatus): Thumbprinted[] {
  return without([...publishedKeys, ...acceptedKeys], revokedKeys)
}

/**
 * Returns the keys, or undefined if the deployment publishes no keys of the cluster. Before the first successful setup,
 * returns undefined: no proof shows yet that the credentials lead to this cluster, so that the keys may be another
 * cluster's.
 */
function ifSetUp({ verifiedAt, publishedKeys }: ClusterStatus, keys: readonly Thumbprinted[]) {
  return verifiedAt === undefined || publishedKeys === undefined ? undefined : keys
}
