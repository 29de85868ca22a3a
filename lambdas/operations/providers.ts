import type { ClusterStatus } from './record.ts'

/** ARNs of all providers that a cluster has had, the oldest first. */
export function allProviders({ formerProviderArns = [], providerArn }: ClusterStatus): string[] {
  return [...formerProviderArns, ...(providerArn === undefined ? [] : [providerArn])]
}
