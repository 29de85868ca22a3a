import { readSecret, readSecretIfThere } from '../clouds/aws/secrets.ts'
import { ApiServer } from '../clouds/kubernetes/client.ts'
import type { ClusterClient, ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { parseClusterCredentials } from '../clouds/kubernetes/credentials.ts'

/**
 * A client of the cluster's API server, with the credentials that its secret holds; connections are made on first use.
 *
 * Throws InvalidCredentials (absent, malformed, or of a kind that is refused), AccessDenied, CloudUnavailable and
 * Unreachable of the secret; the client's methods throw what {@link ClusterClient} says.
 */
export async function connectToCluster(target: ClusterTarget, signal?: AbortSignal): Promise<ClusterClient> {
  return clientWith(await readSecret(target.credentialsSecretArn, signal), target, signal)
}

/** As {@link connectToCluster}, but undefined when the secret is not there or has no value yet. */
export async function connectIfCredentialsThere(
  target: ClusterTarget,
  signal?: AbortSignal,
): Promise<ClusterClient | undefined> {
  const secret = await readSecretIfThere(target.credentialsSecretArn, signal)
  return secret === undefined ? undefined : clientWith(secret, target, signal)
}

function clientWith(secret: string, target: ClusterTarget, signal: AbortSignal | undefined): ClusterClient {
  return new ApiServer(target, parseClusterCredentials(secret, target.credentialsSecretArn), signal)
}
