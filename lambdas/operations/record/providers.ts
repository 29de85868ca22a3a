import { type Account, issuerOfProvider, providerArn } from '../../clouds/aws/iam-names.ts'
import type { ClusterStatus } from './record.ts'

/** ARNs of all recorded providers of a cluster, oldest first. */
export function recordedProviderArns({ formerProviderArns = [], providerArn }: ClusterStatus): string[] {
  return [...formerProviderArns, ...(providerArn === undefined ? [] : [providerArn])]
}

/** The time at which the provider was last created or tagged. It is recorded only for the cluster's newest provider. */
export function providerChangedAt(status: ClusterStatus, arn: string): string | undefined {
  return status.providerArn === arn ? status.providerChangedAt : undefined
}

/**
 * ARNs of all providers that a cluster may have, oldest first: the recorded providers, and the provider of its issuer.
 *
 * @param account the AWS account of the cluster
 */
export function possibleProviderArns(status: ClusterStatus, account: Account): string[] {
  const observed = status.cluster ? [providerArn(account, status.cluster.issuerUrl)] : []
  return [...new Set([...recordedProviderArns(status), ...observed])]
}

/** All issuers of a cluster, oldest first. A cluster that was deleted and created again has a new issuer. */
export function allIssuers(status: ClusterStatus): string[] {
  const observed = status.cluster ? [status.cluster.issuerUrl] : []
  return [...new Set([...recordedProviderArns(status).map(issuerOfProvider), ...observed])]
}
