import type * as z from 'zod/mini'
import { issuerResource, signingKeyResource } from '../claims/claim.ts'
import { claimStatesOf, hold } from '../claims/claims.ts'
import { requireRegistrable } from '../clouds/aws/registrable-issuer.ts'
import { readAhead } from '../clouds/aws/secrets.ts'
import { freshAudience } from '../clouds/kubernetes/fresh-token.ts'
import { displayName } from '../clouds/kubernetes/object.ts'
import { provenIssuer } from '../clouds/kubernetes/proven-issuer.ts'
import { issuerNamedIn } from '../clouds/kubernetes/token-issuer.ts'
import { keyIdOf } from '../clouds/kubernetes/token-key.ts'
import { readDiscovery } from '../clouds/network/read-discovery.ts'
import type { PublicKey } from '../clouds/public-key.ts'
import { keySetPath } from '../discovery/documents.ts'
import { changeOnNodes, type IssuerChange } from '../discovery/issuer-change.ts'
import { valueIn } from '../errors/outcome.ts'
import { CloudUnavailable, ConsentMissing, InvalidObject, Unreachable } from '../errors/step-errors.ts'
import { secretsOf } from '../objects/credentials-ahead.ts'
import { type ReachedCluster, reachIfCredentialsThere, reachManagement } from '../objects/reach.ts'
import { issuersUntilMoved, movedFrom, possibleIssuers } from '../operations/record/issuer-move.ts'
import type { ClusterStatus } from '../operations/record/record.ts'
import { recordedCredentials } from '../operations/record/recorded-credentials.ts'
import { ofAnotherIssuer } from '../ownership/own-cluster.ts'
import { itemOf } from '../ownership/ownership.ts'
import { type ClusterEvent, type Task, taskOfConnection } from '../report/waiting.ts'
import { againOfSetup, requireNone } from '../rights/missing.ts'
import type { ObservedCredentials, StepContext, StepResult, StepRun } from '../steps/contract.ts'
import type { SetupNeeds } from '../steps/needs.ts'
import { step } from '../steps/step.ts'
import { chooseWebhook } from '../webhook/desired/choose.ts'
import { awsClusterRef } from './aws-cluster.ts'
import { description, type existingCluster, type gkeCluster } from './check-cluster.step.ts'
import { locationIn } from './location.ts'
import { listEvents, observeIdentity } from './observe-identity.cluster.ts'
import { listAccounts, listNodes, observeServer } from './observe-server.cluster.ts'
import {
  type ClusterObservation,
  type Readiness,
  type ReadyClusterFacts,
  readinessOf,
  reasonToWait,
  requirePublicIssuer,
  requireRecordedIssuer,
  requireSupported,
  waitForAccounts,
  waitForCredentials,
  waitForDocuments,
  waitForOtherCredentials,
  waitForProvisioning,
  waitForPublication,
  waitForSigningKey,
} from './readiness.ts'

type Input = z.output<typeof description.input>
type GkeCluster = z.output<typeof gkeCluster>
type ExistingCluster = z.output<typeof existingCluster>

/** One observation of the cluster, and the events that explain why it is not ready. */
interface Observed {
  readonly observation: ClusterObservation
  readonly events: () => Promise<readonly ClusterEvent[]>
  /** Undefined while the cluster's credentials are missing. */
  readonly user: UserCluster | undefined
  readonly credentials: ObservedCredentials
}

/** The cluster itself, and the responses of its API server. */
interface UserCluster {
  readonly reached: ReachedCluster
  /** The audience of the token that the API server issued. */
  readonly audience: string
  readonly found: z.output<typeof observeServer.finding>
}

/**
 * Observes once, without sleeping, whether the cluster is ready for the rest of the setup. Returns the facts that later
 * steps need, or the reason to wait with the newest events of the AWSCluster.
 *
 * @throws {OwnershipConflict} when another cluster owns the issuer or the key. It may be this cluster under another name
 * @throws {ConsentMissing} when an issuer change, without consent, would make the API server reject tokens of pods
 * @throws {AccessDenied} when the credentials lack a right that the operation needs
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const { cluster, provesIssuer } = request
  const observed = await observe(request, context)
  const { credentials, observation } = observed
  const isPlanned = isPlannedHost(cluster, context)
  const seen = withPlanned(observation, isPlanned)
  const found = readinessOf(seen)
  // While the keys of a planned hosted issuer are unpublished, no token can be verified.
  const known = { ...context, provesIssuer: provesIssuer && seen === observation }
  const readiness = await checkForAnother(observed, found, cluster, known)
  if ('facts' in found) await claim(found.facts, readiness, context)
  if ('facts' in readiness) return resultOf(readiness.facts, observed, request, context)
  if (isPlanned && 'facts' in found) return { output: { ...found.facts, waitsFor: readiness.waitingFor }, changes: [] }
  const task = readiness.task ?? taskWithout(observed, cluster)
  return { waiting: { reason: readiness.waitingFor, events: await observed.events(), task }, observed: credentials }
}

async function resultOf(
  found: ReadyClusterFacts,
  { user, credentials }: Observed,
  { cluster, applied, needs }: Input,
  context: StepContext,
): Promise<StepResult<z.output<typeof description.output>>> {
  const facts = applied ? asApplied(found, context) : found
  const formerIssuer = isHosted(cluster) ? movedFrom(context.status, facts.issuerUrl) : undefined
  const observed = { cluster: facts, formerIssuer, ...credentials }
  const mayList = context.dryRun && needs && installsWebhook(needs, facts)
  // BindKsa reads a single account, because a list of all accounts costs more.
  if (!user || !mayList || needs.workloads.length === 1) return { output: facts, changes: [], observed }
  const seen = new Map(Object.entries(await user.reached.run(listAccounts, {})))
  const seenAccounts = needs.workloads.map((workload) => seen.get(itemOf(workload)) ?? '')
  return { output: { ...facts, seenAccounts }, changes: [], observed }
}

/** Whether the setup installs the webhook. Otherwise the credentials do not need the right to list accounts. */
function installsWebhook({ webhook }: SetupNeeds, { kubernetesMinor }: ReadyClusterFacts): boolean {
  const result = chooseWebhook(webhook, kubernetesMinor)
  return 'choice' in result && 'image' in result.choice
}

/** Returns the steps to connect the cluster. A cluster that is being created cannot be connected yet. */
function taskWithout({ user, observation }: Observed, cluster: Input['cluster']): Task | undefined {
  if (cluster.provider === 'existing') return user ? undefined : taskOfConnection(cluster)
  if (user || 'missing' in observation.identity) return undefined
  const command = `anthos-gke aws clusters get-credentials ${cluster.name}`
  return taskOfConnection(cluster, [{ purpose: 'Get a kubeconfig of the cluster', command }])
}

export const handler = step(description, run, ({ cluster }, signal) => {
  const management = cluster.provider === 'gke-on-aws' ? [cluster.management] : []
  return readAhead(secretsOf(cluster, ...management), signal)
})

function observe(request: Input, context: StepContext): Promise<Observed> {
  const { cluster } = request
  return cluster.provider === 'existing'
    ? observeExisting(cluster, request, context)
    : observeGke(cluster, request, context)
}

/** Whether this is a dry run for a new cluster whose issuer the deployment hosts. */
function isPlannedHost(cluster: Input['cluster'], { dryRun, status }: StepContext): boolean {
  return dryRun && isHosted(cluster) && status.verifiedAt === undefined
}

/** For a planned hosted issuer, adds the URL of its keys, which is known before the deployment publishes them. */
function withPlanned(observation: ClusterObservation, isPlanned: boolean): ClusterObservation {
  const { identity, discovery } = observation
  if (!isPlanned || 'missing' in identity || 'observed' in discovery) return observation
  const jwksUri = `${identity.observed.issuerUrl}/${keySetPath}`
  return { ...observation, discovery: { observed: { jwksUri, keys: [] } } }
}

/** Returns the last applied region in a dry run, which does not revert manual changes of the AWSCluster. */
function asApplied(facts: ReadyClusterFacts, { dryRun, status: { cluster } }: Known): ReadyClusterFacts {
  return !dryRun || cluster?.region === undefined ? facts : { ...facts, region: cluster.region }
}

function isHosted(cluster: GkeCluster | ExistingCluster): boolean {
  return cluster.provider === 'existing' && cluster.hosted
}

/**
 * Claims the proven issuer and key, before the first write in IAM and in the cluster. Without a proof, only checks that
 * no other cluster owns the issuer.
 *
 * @throws {OwnershipConflict} when another cluster owns the issuer or the key
 */
async function claim(
  { issuerUrl }: Pick<ReadyClusterFacts, 'issuerUrl'>,
  checked: Checked,
  context: StepContext,
): Promise<void> {
  const thumbprint = 'facts' in checked ? checked.thumbprint : undefined
  requireRegistrable(issuerUrl)
  const issuer = issuerResource(issuerUrl)
  if (thumbprint === undefined) await claimStatesOf([issuer], context)
  else await hold([issuer, signingKeyResource(thumbprint)], context)
}

async function observeGke(cluster: GkeCluster, request: Input, context: StepContext): Promise<Observed> {
  const { management, name } = cluster
  const { signal, dryRun } = context
  const ref = { name, namespace: management.namespace }
  const [{ reached, identity, discovery }, user] = await Promise.all([
    reachManagement(management, name, signal).then(async (reached) => {
      const identity = identityIn(await reached.run(observeIdentity, ref), ref, request.applied && dryRun)
      return { reached, identity, discovery: await observeDiscovery(identity, { bucket: request.bucket, signal }) }
    }),
    observeUser(cluster, request, context),
  ])
  return {
    // The API server of a new cluster may still be starting.
    observation: { identity, discovery, server: serverOf(user, cluster, true) },
    events: () => reached.run(listEvents, ref),
    user,
    credentials: { ...recordedOf(user), managementCredentials: recordedCredentials(reached.credentials) },
  }
}

async function observeExisting(cluster: ExistingCluster, request: Input, context: StepContext): Promise<Observed> {
  const { signal, status, dryRun } = context
  const user = await observeUser(cluster, request, context)
  // A setup asks for a change of the issuer, which restarts the API server.
  const server = serverOf(user, cluster, cluster.hosted && !dryRun)
  const identity = observeIssuer(user, cluster, status)
  const isToBePublished = cluster.hosted && dryRun
  const discovery = await observeDiscovery(identity, { signal, isToBePublished })
  return { observation: { identity, discovery, server }, events: async () => [], user, credentials: recordedOf(user) }
}

/** Queries the API server of the cluster. The caller throws the errors of the responses that it needs. */
async function observeUser(
  cluster: GkeCluster | ExistingCluster,
  { provesIssuer, needs }: Input,
  { signal, ...known }: StepContext,
): Promise<UserCluster | undefined> {
  const reached = await reachIfCredentialsThere(cluster, signal)
  if (!reached) return undefined
  const audience = freshAudience()
  const found = await reached.run(observeServer, {
    target: cluster,
    audience,
    issuers:
      cluster.provider === 'existing' && cluster.issuerUrl !== undefined
        ? issuersOfReady(cluster.issuerUrl, cluster, known)
        : undefined,
    hosted: isHosted(cluster),
    needs: provesIssuer ? needs : undefined,
  })
  return { reached, audience, found }
}

function recordedOf(user: UserCluster | undefined): ObservedCredentials {
  return user ? { credentials: recordedCredentials(user.reached.credentials) } : {}
}

function identityIn(
  { server, isThere, identity }: z.output<typeof observeIdentity.finding>,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  willBeCreated: boolean,
): ClusterObservation['identity'] {
  const object = displayName(awsClusterRef(name, namespace))
  if (!isThere && willBeCreated) return { missing: `${object} is not there: it is to be made first` }
  if (!isThere) throw notThere(object)
  if (!identity) return { missing: waitForProvisioning(object) }
  return { observed: { ...identity, foundAt: locationIn({ server }, { namespace }) } }
}

/**
 * Returns the ID of an existing cluster, which is its name, and its issuer. The issuer comes from the request, or else
 * from a token. An issuer from a token must equal the issuer of the last setup.
 */
function observeIssuer(
  user: UserCluster | undefined,
  cluster: ExistingCluster,
  status: ClusterStatus,
): ClusterObservation['identity'] {
  const clusterId = cluster.name
  if (cluster.issuerUrl !== undefined) return { observed: { clusterId, issuerUrl: cluster.issuerUrl } }
  if (!user) return { missing: waitForCredentials(cluster) }
  const observed = issuerNamedIn(valueIn(user.found.token))
  // If no setup has succeeded, the recorded issuer may be from credentials of another cluster.
  const recorded = status.verifiedAt === undefined ? undefined : status.cluster?.issuerUrl
  requireRecordedIssuer(cluster, { observed, recorded })
  return { observed: { clusterId, issuerUrl: requirePublicIssuer(observed, cluster.name) } }
}

interface DiscoveryPlace {
  /** The bucket that the management service writes the documents to. */
  readonly bucket?: string | undefined
  /** Whether the documents are missing because a dry run does not publish them. */
  readonly isToBePublished?: boolean
  readonly signal: AbortSignal
}

async function observeDiscovery(
  identity: ClusterObservation['identity'],
  { bucket, signal, isToBePublished = false }: DiscoveryPlace,
): Promise<ClusterObservation['discovery']> {
  if ('missing' in identity) return { missing: 'the discovery documents of its issuer' }
  try {
    return { observed: await readDiscovery(identity.observed.issuerUrl, signal) }
  } catch (error) {
    return missingFor(error, (problem) => (isToBePublished ? waitForPublication : waitForDocuments(problem, bucket)))
  }
}

/** @param mayBeStarting whether a missing response is a reason to wait */
function serverOf(
  user: UserCluster | undefined,
  cluster: GkeCluster | ExistingCluster,
  mayBeStarting: boolean,
): ClusterObservation['server'] {
  if (!user) return { missing: waitForCredentials(cluster) }
  try {
    return { observed: requireSupported(valueIn(user.found.server), cluster.name) }
  } catch (error) {
    if (mayBeStarting) return missingServer(error)
    throw error
  }
}

type Known = Pick<StepContext, 'dryRun' | 'status'>

/** A ready cluster, with the thumbprint of the key that proves its issuer, or the reason to wait. */
type Checked =
  | { readonly facts: ReadyClusterFacts; readonly thumbprint?: string }
  | Extract<Readiness, { readonly waitingFor: string }>

/**
 * Checks that the credentials lead to the cluster of the issuer, because all later steps write there. They may lead to
 * an earlier cluster of the same name. Tokens of the right cluster name the issuer, and one of its published keys has
 * signed them. The signature is checked because an API server can name any issuer. A new cluster that fails the check
 * waits for its kubeconfig.
 *
 * @throws {InvalidCredentials} when the credentials of an existing cluster lead to another issuer
 * @throws {AccessDenied} when the credentials lack a right that the operation needs
 */
async function checkForAnother(
  { user, observation }: Observed,
  readiness: Readiness,
  cluster: GkeCluster | ExistingCluster,
  known: Known & Pick<Input, 'provesIssuer'>,
): Promise<Checked> {
  if (!user || !('facts' in readiness)) return readiness
  const { facts } = readiness
  try {
    const fresh = { token: valueIn(user.found.token), audience: user.audience }
    const observed = issuerNamedIn(fresh.token)
    const named = observed === facts.issuerUrl ? readiness : await ofOther({ user, observed }, facts, cluster, known)
    if ('waitingFor' in named || !known.provesIssuer) return named
    const missing = valueIn(user.found.missing)
    const issuers = issuersUntilMoved(known.status, facts.issuerUrl)
    const proven = await provenIssuer(fresh, { issuers, keys: keysOf(observation) })
    if (!proven) return { waitingFor: waitForSigningKey(cluster, facts, keyIdOf(fresh.token)) }
    requireNone(missing, cluster, { again: againOfSetup(cluster.name) })
    return { facts, thumbprint: proven.thumbprint }
  } catch (error) {
    if (error instanceof InvalidObject) return { waitingFor: waitForAccounts(cluster.name) }
    return { waitingFor: missingServer(error).missing }
  }
}

/** Returns the published keys of the issuer that this product can use to verify tokens. */
function keysOf({ discovery }: ClusterObservation): PublicKey[] {
  return 'observed' in discovery ? discovery.observed.keys.flatMap(({ key }) => key ?? []) : []
}

/**
 * Handles a cluster whose tokens name another issuer.
 *
 * @throws {InvalidCredentials} when an existing cluster must not change its issuer
 * @throws {ConsentMissing} when an issuer change, without consent, would make the API server reject tokens of pods
 */
async function ofOther(
  { user, observed }: { readonly user: UserCluster; readonly observed: string },
  facts: ReadyClusterFacts,
  cluster: GkeCluster | ExistingCluster,
  known: Known,
): Promise<Readiness> {
  const isToChange = isHosted(cluster) || isMoving(observed, facts, known)
  if (!isToChange) return waitingForOther(cluster, { observed, desired: facts.issuerUrl })
  const change = changeOnNodes(await user.reached.run(listNodes, {}), facts, observed)
  requireConsent(cluster, change)
  return issuersOfReady(facts.issuerUrl, cluster, known).includes(observed)
    ? { facts }
    : { waitingFor: change.instruction, task: change.task }
}

/**
 * Requires consent for a setup with a hosted issuer if the API server would reject existing tokens. A verification
 * only reports the remaining steps.
 *
 * @throws {ConsentMissing} before the first write in the cluster
 */
function requireConsent(cluster: GkeCluster | ExistingCluster, { keepsOldTokens }: IssuerChange): void {
  if (keepsOldTokens || cluster.provider !== 'existing' || !cluster.hosted || cluster.acceptRefusedTokens) return
  throw new ConsentMissing({
    object: `cluster ${cluster.name}`,
    reason:
      'its API server accepts only one issuer: after the change, it refuses the tokens of running pods until the kubelet renews them or the pods restart',
    action: 'To accept that, send the request with discovery.acceptRefusedTokens set to true',
  })
}

/** @throws {InvalidCredentials} for an existing cluster, because waiting cannot change its issuer */
function waitingForOther(
  cluster: GkeCluster | ExistingCluster,
  issuer: { readonly observed: string; readonly desired: string },
): Readiness {
  if (cluster.provider === 'existing') throw ofAnotherIssuer(cluster, issuer)
  return { waitingFor: waitForOtherCredentials(cluster, issuer.observed) }
}

/**
 * Returns the issuers that the tokens of a ready cluster may name. A cluster that moves may still have its former
 * issuer: the setup first creates everything for the new issuer, and then CheckIssuer returns the steps for the change.
 */
function issuersOfReady(issuerUrl: string, cluster: GkeCluster | ExistingCluster, { dryRun, status }: Known): string[] {
  return dryRun || !isHosted(cluster) ? [issuerUrl] : issuersUntilMoved(status, issuerUrl)
}

/** Whether the tokens name the former issuer of a cluster whose move to a hosted issuer is incomplete. */
function isMoving(observed: string, { issuerUrl }: ReadyClusterFacts, { status }: Pick<Known, 'status'>): boolean {
  return possibleIssuers(issuerUrl, status.formerIssuer).includes(observed)
}

function missingServer(error: unknown): { missing: string } {
  return missingFor(error, reasonToWait)
}

/** A server that does not respond yet is a reason to wait. Every other error is thrown. */
function missingFor(error: unknown, reason: (problem: Unreachable | CloudUnavailable) => string): { missing: string } {
  if (error instanceof Unreachable || error instanceof CloudUnavailable) return { missing: reason(error) }
  throw error
}

function notThere(awsCluster: string): InvalidObject {
  return new InvalidObject({
    object: awsCluster,
    reason: 'it is not on the management cluster, and the request has no spec to make it by',
    action:
      'Add cluster.spec and cluster.nodePools to the request, or correct its name or cluster.management.namespace',
  })
}
