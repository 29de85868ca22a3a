import * as z from 'zod/mini'
import type { ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { capitalised, connectionText } from '../clouds/kubernetes/connection-text.ts'
import type { ServerVersion } from '../clouds/kubernetes/version.ts'
import { hostProblem, shown } from '../clouds/network/address.ts'
import type { SigningKey } from '../clouds/network/discovery.ts'
import { type Explanation, InvalidCredentials, type StepError, Unsupported } from '../errors/step-errors.ts'
import { clusterFacts } from '../operations/record/record.ts'
import type { Task } from '../report/waiting.ts'
import { oldestMinor } from '../spec/oldest-minor.ts'

type Connected = Pick<ClusterTarget, 'name' | 'credentialsSecretArn'>

/** One precondition of a cluster: the observed value, or the reason why it is missing and how to solve it. */
export type Seen<Observed> = { readonly observed: Observed } | { readonly missing: string }

/** The documents that the issuer of a cluster publishes. */
interface Documents {
  readonly jwksUri: string
  readonly keys: readonly SigningKey[]
}

export interface ClusterObservation {
  readonly identity: Seen<Pick<ReadyClusterFacts, 'clusterId' | 'issuerUrl' | 'foundAt' | 'region'>>
  readonly discovery: Seen<Documents>
  readonly server: Seen<ServerVersion>
}

/** The facts that CheckCluster finds about a ready cluster. */
export const readyClusterFacts = z.required(clusterFacts, {
  clusterId: true,
  kubernetesVersion: true,
  kubernetesMinor: true,
})

export type ReadyClusterFacts = z.output<typeof readyClusterFacts>

export type Readiness =
  | { readonly facts: ReadyClusterFacts }
  | { readonly waitingFor: string; readonly task?: Task | undefined }

/** The facts of a ready cluster, or the missing preconditions in the order in which they come to exist. */
export function readinessOf({ identity, discovery, server }: ClusterObservation): Readiness {
  // Nothing else can exist before the cluster has an identity, so it is too early to ask a person for anything.
  if ('missing' in identity) return { waitingFor: identity.missing }
  if ('observed' in discovery && 'observed' in server) {
    const { jwksUri } = discovery.observed
    return { facts: { ...identity.observed, jwksUri, ...versionFacts(server.observed) } }
  }
  const missing = [discovery, server].flatMap((seen) => ('missing' in seen ? [seen.missing] : []))
  return { waitingFor: missing.join('; ') }
}

/**
 * Returns the version when it is supported.
 *
 * @throws {Unsupported} when the version is too old; the error names the version
 */
export function requireSupported(version: ServerVersion, cluster: string): ServerVersion {
  if (version.minor >= oldestMinor) return version
  throw new Unsupported({
    object: `cluster ${cluster}`,
    reason: `it runs Kubernetes ${version.gitVersion}, and 1.${oldestMinor} is the oldest that this works with`,
    action: 'Upgrade the cluster',
  })
}

/**
 * Returns the issuer when other machines can reach it. The default issuer of a cluster is internal.
 *
 * @throws {Unsupported} when the issuer is not a public https URL
 */
export function requirePublicIssuer(issuerUrl: string, cluster: string): string {
  const url = URL.parse(issuerUrl)
  if (url?.protocol === 'https:' && !isInsideOnly(url.hostname)) return issuerUrl
  throw new Unsupported({
    object: `cluster ${cluster}`,
    reason: 'the issuer of its tokens is not a public https URL',
    action:
      'Start its API servers with --service-account-issuer set to a public URL, and publish the discovery documents there',
  })
}

/** `kubernetes.default.svc` is the host of kube-apiserver's default issuer. */
function isInsideOnly(host: string): boolean {
  return /\.svc(\.|$)/.test(host) || hostProblem(host, 'public') !== undefined
}

/** Returns the reason to wait for the end of a problem, with the action that ends it. */
export function reasonToWait({ object, reason, action }: Explanation): string {
  return `${object}: ${reason} (${action.charAt(0).toLowerCase()}${action.slice(1)})`
}

export function waitForProvisioning(awsCluster: string): string {
  return `the management service has not given ${awsCluster} its ID and its issuer yet (if its events below show an error, correct the cluster's spec and send the request again)`
}

export function waitForDocuments(problem: StepError, bucket: string | undefined): string {
  const where = bucket === undefined ? '' : `; the management service writes it into bucket ${bucket}`
  return `${reasonToWait(problem)}${where}`
}

/** The reason to wait in a dry run, for an issuer that the deployment hosts. */
export const waitForPublication = 'the deployment publishes the discovery documents of its issuer first'

export function waitForCredentials(cluster: {
  readonly name: string
  readonly provider: 'gke-on-aws' | 'existing'
  readonly credentialsSecretArn?: string | undefined
}): string {
  const isFetched = cluster.provider === 'gke-on-aws' && cluster.credentialsSecretArn !== undefined
  const from = isFetched ? `: anthos-gke aws clusters get-credentials ${cluster.name}` : ''
  return `${connectionText(cluster).supply}${from}`
}

/** The reason to wait when the connection leads to another cluster, most often to an earlier one of the same name. */
export function waitForOtherCredentials(
  cluster: Parameters<typeof waitForCredentials>[0],
  observedIssuer: string,
): string {
  const issuer = `whose tokens name the issuer ${shown(observedIssuer)}`
  const { correct, leadTo } = connectionText(cluster)
  if (cluster.credentialsSecretArn === undefined) return `${correct}; ${leadTo} ${issuer}`
  return `${waitForCredentials(cluster)}; its current value leads to another cluster, ${issuer}`
}

/** The reason to wait when none of the issuer's published keys has signed the cluster's tokens. */
export function waitForSigningKey(
  cluster: Connected,
  { issuerUrl, jwksUri }: Pick<ReadyClusterFacts, 'issuerUrl' | 'jwksUri'>,
  kid: string | undefined,
): string {
  const named = kid === undefined ? '' : ` (they name the key ${kid})`
  return `the tokens of cluster ${cluster.name} are not signed with a key that ${issuerUrl} publishes${named}: publish the key at ${jwksUri}, where caches may serve the previous keys for some minutes; or ${connectionText(cluster).correct}`
}

/** The controller manager creates this account in every namespace. */
export function waitForAccounts(cluster: string): string {
  return `the new cluster ${cluster} has no ServiceAccount default/default yet`
}

/**
 * Requires that the observed issuer is the issuer of the last setup. Otherwise the credentials lead to another cluster,
 * and the roles of this cluster would trust that cluster. Requests that name the issuer do not need this check.
 *
 * @throws {InvalidCredentials} when the issuers differ
 */
export function requireRecordedIssuer(
  cluster: Connected,
  issuer: { readonly observed: string; readonly recorded: string | undefined },
): void {
  const { observed, recorded } = issuer
  if (recorded === undefined || observed === recorded) return
  const { object, leadTo, correct } = connectionText(cluster)
  throw new InvalidCredentials({
    object,
    reason: `${leadTo} whose tokens name the issuer ${shown(observed)}, not ${recorded}, with which cluster ${cluster.name} was set up`,
    action: `${capitalised(correct)}, or, if that cluster was created again, name its issuer as cluster.issuerUrl in a setup`,
  })
}

function versionFacts({ gitVersion, minor }: ServerVersion) {
  return { kubernetesVersion: gitVersion.replace(/^v/, ''), kubernetesMinor: minor }
}
