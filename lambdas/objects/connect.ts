import { readSecret, readSecretIfThere } from '../clouds/aws/secrets.ts'
import { ApiServer } from '../clouds/kubernetes/client.ts'
import type { ClusterClient, ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { parseClusterCredentials } from '../clouds/kubernetes/credentials.ts'
import { issuerOfTokens } from '../clouds/kubernetes/token-issuer.ts'
import { shown } from '../clouds/network/address.ts'
import { InvalidCredentials } from '../errors/step-errors.ts'
import { manager } from '../ownership/labels.ts'

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
  return new ApiServer(target, parseClusterCredentials(secret, target.credentialsSecretArn), {
    fieldManager: manager,
    signal,
  })
}

/** The error for credentials that lead to a cluster of another issuer than the request's. */
export function ofAnotherIssuer(
  cluster: { readonly name: string; readonly credentialsSecretArn: string },
  issuer: { readonly found: string; readonly wanted: string },
): InvalidCredentials {
  return new InvalidCredentials({
    object: cluster.credentialsSecretArn,
    reason: `the cluster that these credentials lead to makes tokens of ${shown(issuer.found)}, and not of ${issuer.wanted}`,
    action: `Put the credentials of cluster ${cluster.name} into it, or correct cluster.issuerUrl in the request`,
  })
}

/**
 * As {@link connectToCluster}, to the very cluster that was set up: our marks name no cluster, and credentials that were
 * exchanged by mistake would let the objects of another one be changed or deleted. Throws InvalidCredentials for those.
 *
 * @param issuerUrl as the record has it; undefined when no setup has come that far, or one compares it just before
 */
export async function connectToOwnCluster(
  target: ClusterTarget,
  issuerUrl: string | undefined,
  signal: AbortSignal,
): Promise<ClusterClient> {
  const cluster = await connectToCluster(target, signal)
  if (issuerUrl === undefined) return cluster
  const found = await issuerOfTokens(cluster)
  if (found !== issuerUrl) throw ofAnotherIssuer(target, { found, wanted: issuerUrl })
  return cluster
}
