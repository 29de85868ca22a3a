import { readAhead, readSecret, readSecretIfThere } from '../clouds/aws/secrets.ts'
import { ApiServer } from '../clouds/kubernetes/client.ts'
import type { ClusterClient, ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { parseClusterCredentials } from '../clouds/kubernetes/credentials.ts'
import { freshTokenOf } from '../clouds/kubernetes/fresh-token.ts'
import type { ObjectOwner } from '../clouds/kubernetes/object.ts'
import { provenIssuer } from '../clouds/kubernetes/proven-issuer.ts'
import { issuerNamedIn } from '../clouds/kubernetes/token-issuer.ts'
import { usableKeys } from '../clouds/public-key.ts'
import { InvalidCredentials } from '../errors/step-errors.ts'
import { isAmong } from '../ownership/keys.ts'
import { manager } from '../ownership/labels.ts'
import { type OwnCluster, requireIssuer } from '../ownership/own-cluster.ts'
import { setting } from '../settings.ts'

/**
 * A client of the cluster's API server, with the credentials of its secret. It connects on first use. Its methods throw
 * the errors of {@link ClusterClient}.
 *
 * @throws {InvalidCredentials} when the credentials are missing, malformed or of a rejected kind
 * @throws {AccessDenied} when the secret may not be read
 * @throws {CloudUnavailable} when Secrets Manager fails
 * @throws {Unreachable} when Secrets Manager cannot be reached
 */
export async function connectToCluster(target: ClusterTarget, signal?: AbortSignal): Promise<ClusterClient> {
  return clientWith(await readSecret(target.credentialsSecretArn, signal), connectionTo(target, signal))
}

/** Starts to read the credentials for {@link connectToCluster}. Returns a function that discards them. */
export function credentialsAhead({ target }: { readonly target: ClusterTarget }, signal: AbortSignal): () => void {
  return readAhead([target.credentialsSecretArn], signal)
}

/** Like {@link connectToCluster}, for the management cluster. The cluster `clusterName` owns the created objects. */
export async function connectToManagement(
  management: Omit<ClusterTarget, 'name'>,
  clusterName: string,
  signal: AbortSignal,
): Promise<ClusterClient> {
  return managementWith(await readSecret(management.credentialsSecretArn, signal), management, clusterName, signal)
}

/** Returns a client of the cluster's management cluster, with the credentials in the value of the secret. */
export function managementWith(
  secret: string,
  management: Omit<ClusterTarget, 'name'>,
  clusterName: string,
  signal: AbortSignal,
): ClusterClient {
  const target = { ...management, name: `${clusterName} (management)` }
  return clientWith(secret, { target, owner: clusterName, rights: `${rightsOf(clusterName)} --management`, signal })
}

/** Returns a client of the cluster's API server, with the credentials in the value of the secret. */
export function clusterWith(secret: string, target: ClusterTarget, signal: AbortSignal): ClusterClient {
  return clientWith(secret, connectionTo(target, signal))
}

/** Like {@link connectToCluster}, but returns undefined when the secret does not exist or has no value yet. */
export async function connectIfCredentialsThere(
  target: ClusterTarget,
  signal?: AbortSignal,
): Promise<ClusterClient | undefined> {
  const secret = await readSecretIfThere(target.credentialsSecretArn, signal)
  return secret === undefined ? undefined : clientWith(secret, connectionTo(target, signal))
}

interface Connection {
  readonly target: ClusterTarget
  /** The name of the cluster that owns the objects that the client creates. */
  readonly owner: string
  /** The command that prints the rights that the credentials need. With --apply, it grants them. */
  readonly rights: string
  readonly signal: AbortSignal | undefined
}

function connectionTo(target: ClusterTarget, signal: AbortSignal | undefined): Connection {
  return { target, owner: target.name, rights: rightsOf(target.name), signal }
}

function rightsOf(cluster: string): string {
  return `wid rights ${cluster}`
}

function clientWith(secret: string, { target, owner, rights, signal }: Connection): ClusterClient {
  return new ApiServer(target, parseClusterCredentials(secret, target.credentialsSecretArn), {
    fieldManager: manager,
    owner: objectOwner(owner),
    rightsCommand: rights,
    signal,
  })
}

/** The owner of the objects that a client of the cluster creates. */
export function objectOwner(cluster: string): ObjectOwner {
  return { deployment: setting('DEPLOYMENT'), cluster }
}

/**
 * Like {@link connectToCluster}, but requires that the credentials lead to the cluster that was set up. Without this
 * check, a step with swapped credentials could change or delete objects of another cluster.
 *
 * @param own with an empty list of issuers, if none is recorded or the caller checks them, nothing is checked
 * @throws {InvalidCredentials} when the credentials lead to another cluster
 */
export async function connectToOwnCluster(
  target: ClusterTarget,
  own: OwnCluster,
  signal: AbortSignal,
): Promise<ClusterClient> {
  return requireOwnCluster(await connectToCluster(target, signal), target, own)
}

/** Like {@link connectToOwnCluster}, for a teardown. The error for missing credentials names the teardown's options. */
export async function connectForRemoval(
  target: ClusterTarget,
  own: OwnCluster,
  signal: AbortSignal,
): Promise<ClusterClient> {
  const cluster = await connectIfCredentialsThere(target, signal)
  if (cluster) return requireOwnCluster(cluster, target, own)
  throw new InvalidCredentials({
    object: target.credentialsSecretArn,
    reason: `there are no credentials of cluster ${target.name}, so that nothing in it can be removed: the secret is not there or has no value`,
    action:
      'Put the credentials into it (aws secretsmanager create-secret, or put-secret-value when it exists) and send the teardown again, or send it with ?force=true, which leaves what is in the cluster',
  })
}

/** @throws {InvalidCredentials} when the cluster's tokens have another issuer, or are signed with another key */
export async function requireOwnCluster(
  cluster: ClusterClient,
  target: ClusterTarget,
  { issuers, keys }: OwnCluster,
): Promise<ClusterClient> {
  const [desired] = issuers
  if (desired === undefined) return cluster
  const [fresh, keySet] = await Promise.all([freshTokenOf(cluster), keys && cluster.keySet()])
  requireIssuer(target, issuerNamedIn(fresh.token), issuers)
  if (!keys) return cluster
  const proven = await provenIssuer(fresh, { issuers, keys: usableKeys(keySet) })
  if (!proven || !isAmong(keys, proven)) throw ofAnotherKey(target, desired)
  return cluster
}

function ofAnotherKey({ name, credentialsSecretArn }: ClusterTarget, issuer: string): InvalidCredentials {
  return new InvalidCredentials({
    object: credentialsSecretArn,
    reason: `the tokens of the cluster that these credentials lead to are not signed with a key that the deployment publishes at ${issuer}`,
    action: `Put the credentials of cluster ${name} into it; or, if the cluster has a new key, publish that first: POST /v1/clusters/${name}/signing-keys`,
  })
}
