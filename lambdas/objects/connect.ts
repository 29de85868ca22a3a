import { accessByAgent } from '../agent/relay.ts'
import { readSecret, readSecretIfThere } from '../clouds/aws/secrets.ts'
import { ApiServerClient } from '../clouds/kubernetes/client.ts'
import type { ClusterClient, ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { capitalised, connectionText } from '../clouds/kubernetes/connection-text.ts'
import { parseClusterCredentials } from '../clouds/kubernetes/credentials.ts'
import { freshTokenOf } from '../clouds/kubernetes/fresh-token.ts'
import type { ObjectOwner } from '../clouds/kubernetes/object.ts'
import { provenIssuer } from '../clouds/kubernetes/proven-issuer.ts'
import { directAccess, type ServerAccess } from '../clouds/kubernetes/server-access.ts'
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
  const client = await connectIfPossible(target, signal, readSecret)
  if (client) return client
  throw notEnrolled(target.name)
}

type SecretTarget = ClusterTarget & { readonly credentialsSecretArn: string }
type ManagementTarget = Omit<SecretTarget, 'name'>

/** Like {@link connectToCluster}, for the management cluster. The cluster `clusterName` owns the created objects. */
export async function connectToManagement(
  management: ManagementTarget,
  clusterName: string,
  signal: AbortSignal,
): Promise<ClusterClient> {
  return managementWith(await readSecret(management.credentialsSecretArn, signal), management, clusterName, signal)
}

/** Returns a client of the cluster's management cluster, with the credentials in the value of the secret. */
export function managementWith(
  secret: string,
  management: ManagementTarget,
  clusterName: string,
  signal: AbortSignal,
): ClusterClient {
  const target = { ...management, name: `${clusterName} (management)` }
  return clientWith(secret, management.credentialsSecretArn, {
    target,
    owner: clusterName,
    rights: `${rightsOf(clusterName)} --management`,
    signal,
  })
}

/** Returns a client of the cluster's API server, with the credentials in the value of the secret. */
export function clusterWith(secret: string, target: SecretTarget, signal: AbortSignal): ClusterClient {
  return clientWith(secret, target.credentialsSecretArn, connectionTo(target, signal))
}

/**
 * Like {@link connectToCluster}, but returns undefined when the secret does not exist or has no value yet, or when no
 * agent of the cluster is enrolled.
 */
export async function connectIfCredentialsThere(
  target: ClusterTarget,
  signal?: AbortSignal,
): Promise<ClusterClient | undefined> {
  return connectIfPossible(target, signal, readSecretIfThere)
}

async function connectIfPossible(
  target: ClusterTarget,
  signal: AbortSignal | undefined,
  read: typeof readSecretIfThere,
): Promise<ClusterClient | undefined> {
  const { name, credentialsSecretArn } = target
  const connection = connectionTo(target, signal)
  if (credentialsSecretArn === undefined) {
    const access = await accessByAgent(name)
    return access && clientBy(access, connection)
  }
  const secret = await read(credentialsSecretArn, signal)
  return secret === undefined ? undefined : clientWith(secret, credentialsSecretArn, connection)
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

function clientWith(secret: string, secretArn: string, connection: Connection): ClusterClient {
  const { target, signal } = connection
  return clientBy(directAccess(target, parseClusterCredentials(secret, secretArn), signal), connection)
}

function clientBy(access: ServerAccess, { target, owner, rights, signal }: Connection): ClusterClient {
  return new ApiServerClient(target, access, {
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
  throw withoutConnection(target)
}

function withoutConnection({ name, credentialsSecretArn }: ClusterTarget): InvalidCredentials {
  const force = 'send the teardown again, or send it with ?force=true, which leaves what is in the cluster'
  if (credentialsSecretArn === undefined) {
    const { object, reason, action } = notEnrolled(name)
    return new InvalidCredentials({
      object,
      reason: `${reason}, so that nothing in it can be removed`,
      action: `${action}, and ${force}`,
    })
  }
  return new InvalidCredentials({
    object: credentialsSecretArn,
    reason: `there are no credentials of cluster ${name}, so that nothing in it can be removed: the secret is not there or has no value`,
    action: `Put the credentials into it (aws secretsmanager create-secret, or put-secret-value when it exists) and ${force}`,
  })
}

function notEnrolled(cluster: string): InvalidCredentials {
  const { object, supply } = connectionText({ name: cluster, credentialsSecretArn: undefined })
  return new InvalidCredentials({
    object,
    reason: `no agent of cluster ${cluster} is enrolled`,
    action: capitalised(supply),
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

function ofAnotherKey(target: ClusterTarget, issuer: string): InvalidCredentials {
  const { object, leadTo, correct } = connectionText(target)
  const { name } = target
  return new InvalidCredentials({
    object,
    reason: `${leadTo} whose tokens are not signed with a key that the deployment publishes at ${issuer}`,
    action: `${capitalised(correct)}; or, if the cluster has a new key, publish that first: POST /v1/clusters/${name}/signing-keys`,
  })
}
