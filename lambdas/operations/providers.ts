import { issuerOfProvider } from '../clouds/aws/iam-names.ts'
import type { ClusterStatus } from './record.ts'

/** ARNs of all providers that a cluster has had, oldest first. */
export function allProviders({ formerProviderArns = [], providerArn }: ClusterStatus): string[] {
  return [...formerProviderArns, ...(providerArn === undefined ? [] : [providerArn])]
}

/** All issuers that a cluster has had, oldest first. A cluster that was made again has another issuer. */
export function allIssuers(status: ClusterStatus): string[] {
  const observed = status.cluster ? [status.cluster.issuerUrl] : []
  return [...new Set([...allProviders(status).map(issuerOfProvider), ...observed])]
}
