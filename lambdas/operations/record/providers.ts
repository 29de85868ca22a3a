import { type Account, issuerOfProvider, providerArn } from '../../clouds/aws/iam-names.ts'
import type { ClusterStatus } from './record.ts'

/** ARNs of all providers that a cluster has had, oldest first. */
export function allProviders({ formerProviderArns = [], providerArn }: ClusterStatus): string[] {
  return [...formerProviderArns, ...(providerArn === undefined ? [] : [providerArn])]
}

/**
 * When this provider was last made or tagged; undefined when that is not recorded. It is recorded of the newest provider
 * of a cluster only.
 */
export function providerChangedAt(status: ClusterStatus, arn: string): string | undefined {
  return status.providerArn === arn ? status.providerChangedAt : undefined
}

/**
 * ARNs of all providers that a cluster may have, oldest first: those that are recorded, and that of its issuer.
 *
 * @param account of the cluster
 */
export function allProviderArns(status: ClusterStatus, account: Account): string[] {
  const observed = status.cluster ? [providerArn(account, status.cluster.issuerUrl)] : []
  return [...new Set([...allProviders(status), ...observed])]
}

/** All issuers that a cluster has had, oldest first. A cluster that was made again has another issuer. */
export function allIssuers(status: ClusterStatus): string[] {
  const observed = status.cluster ? [status.cluster.issuerUrl] : []
  return [...new Set([...allProviders(status).map(issuerOfProvider), ...observed])]
}
