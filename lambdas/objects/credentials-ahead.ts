import { readAhead } from '../clouds/aws/secrets.ts'
import type { ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'

/** Starts to read the credentials for connectToCluster. Returns a function that discards them. */
export function credentialsAhead({ target }: { readonly target: ClusterTarget }, signal: AbortSignal): () => void {
  return readAhead(secretsOf(target), signal)
}

/** The secrets with the credentials of these clusters. An agent needs none. */
export function secretsOf(...targets: readonly Pick<ClusterTarget, 'credentialsSecretArn'>[]): string[] {
  return targets.flatMap(({ credentialsSecretArn }) => credentialsSecretArn ?? [])
}
