import type * as z from 'zod/mini'
import { issuerResource, signingKeyResource } from '../claims/claim.ts'
import { claimStatesOf, hold } from '../claims/claims.ts'
import { unclaimed } from '../claims/refusal.ts'
import { connectionText } from '../clouds/kubernetes/connection-text.ts'
import { type FreshToken, freshAudience } from '../clouds/kubernetes/fresh-token.ts'
import { provenIssuer } from '../clouds/kubernetes/proven-issuer.ts'
import { issuerNamedIn } from '../clouds/kubernetes/token-issuer.ts'
import { readDiscovery } from '../clouds/network/read-discovery.ts'
import type { PublicKey } from '../clouds/public-key.ts'
import { CloudUnavailable, InvalidDiscovery, Unreachable } from '../errors/step-errors.ts'
import { type ReachedCluster, reachIfCredentialsThere } from '../objects/reach.ts'
import { warn } from '../operations/notifications/warning.ts'
import { recordPublishedKeys, recordWaitingKeys } from '../operations/record/cluster-record.ts'
import { issuersUntilMoved, movedFrom } from '../operations/record/issuer-move.ts'
import { trustedKeys } from '../operations/record/own-cluster.ts'
import type { ClusterStatus, RecordedKey } from '../operations/record/record.ts'
import { without } from '../ownership/keys.ts'
import { requireIssuer } from '../ownership/own-cluster.ts'
import { type Task, taskOfConnection } from '../report/waiting.ts'
import { againOfSetup, requireNone } from '../rights/missing.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { requireOwnPath } from './hosted-issuer.ts'
import { checkedKeys } from './key-set.ts'
import { description } from './publish-discovery.step.ts'
import { keysIn, type ObservedDocuments, observedDocuments, publish, reasonNotVisible } from './published-documents.ts'
import { byId, changeOfKeys, type IdentifiedKey, identified, keyStatesOf, keysToPublish } from './published-keys.ts'
import { readKeys } from './read-keys.cluster.ts'
import { revokedInCluster } from './revocation.ts'
import { type Doubt, doubtOf, taskOfDoubt } from './vouching.ts'
import { reasonToWait, waitForCredentials } from './waiting.ts'

/**
 * Publishes the keys of a cluster at its hosted issuer, and reads them back from the public URL. Writes only documents
 * that differ. Never publishes a revoked key, even if the API server still has it. After the first setup, publishes new
 * keys only if a published or accepted key has signed a new token of the cluster.
 *
 * @throws {InvalidDiscovery} when IAM would not accept the key set of the API server, or when each of its keys is
 * revoked
 * @throws {OwnershipConflict} when another cluster owns the issuer or one of the keys, or when documents exist and no
 * cluster owns the issuer
 * @throws {InvalidCredentials} when the credentials of a cluster that was set up lead to another cluster
 * @throws {AccessDenied} when the credentials lack a right that later steps of the setup need
 */
export const run: StepRun<typeof description> = async ({ target, issuerUrl, needs }, context) => {
  const { cluster, signal, status, dryRun } = context
  requireOwnPath(issuerUrl, cluster)
  const reached = await reachIfCredentialsThere(target, signal)
  if (!reached) return waitingFor(waitForCredentials(target), taskOfConnection(target))
  const [shown, observed] = await Promise.all([
    shownKeys(reached, { issuerUrl, target, status, signal, needs }),
    observedDocuments(context),
  ])
  if ('waiting' in shown) return shown
  const { live, doubt } = shown
  const { publishedKeys = [], revokedKeys: revoked = [], verifiedAt } = status
  const usable = without(live, revoked)
  const isOwn = await isOwnPath(issuerUrl, { usable, isPublished: observed.size > 0 }, context)
  if (doubt) return publishNoNewKeys({ issuerUrl, target, observed, usable, doubt }, context)
  if (!isOwn) await hold([issuerResource(issuerUrl)], context)
  // Before the first success, published keys may be of another cluster to which wrong credentials led.
  const known = { recorded: verifiedAt === undefined ? [] : publishedKeys, revoked, now: new Date() }
  const { keys, recorded } = keysToPublish(live, await keysIn(observed), known)
  if (!dryRun) await record(recorded, target, context)
  const changes = await publish({ issuerUrl, keys, observed }, context)
  if (keys.length === 0) throw allRevoked(cluster)
  const output = keyStatesOf(recorded, revoked)
  if (dryRun) return { output, changes: [...changes, ...revokedInCluster(cluster, live, revoked)] }
  const reason = await reasonNotVisible(issuerUrl, keys, signal)
  return reason === undefined ? { output, changes } : { ...waitingFor(reason), changes }
}

export const handler = step(description, run)

/**
 * Whether the cluster has claimed the issuer. The claim precedes the first document. Refuses keys of other clusters,
 * because the holder of a shared key can create tokens of both clusters. A copied control plane has the keys of the
 * original.
 *
 * @throws {OwnershipConflict} when another cluster owns the issuer or one of the keys, or when documents exist and no
 * cluster owns the issuer
 */
async function isOwnPath(
  issuerUrl: string,
  { usable, isPublished }: { readonly usable: readonly IdentifiedKey[]; readonly isPublished: boolean },
  context: StepContext,
): Promise<boolean> {
  const issuer = issuerResource(issuerUrl)
  const keys = usable.map(({ thumbprint }) => signingKeyResource(thumbprint))
  const [state] = await claimStatesOf([issuer, ...keys], context)
  if (state !== 'own' && isPublished) throw unclaimed(context.cluster, issuer)
  return state === 'own'
}

/**
 * Records the keys. After the first setup, this function sends the notification of changed keys before it writes the
 * record, so that a crash cannot lose the notification.
 */
async function record(recorded: readonly RecordedKey[], target: Wanted['target'], context: StepContext) {
  const { cluster, status } = context
  const { publishedKeys, verifiedAt } = status
  const reason = publishedKeys && verifiedAt !== undefined ? changeOfKeys(publishedKeys, recorded) : undefined
  if (reason !== undefined) {
    const action = `No action is needed if these are keys of the cluster. Otherwise revoke them, and find out who may change ${connectionText(target).object}`
    const error = { name: 'SigningKeysChanged' as const, object: `signing keys of cluster ${cluster}`, reason, action }
    await warn({ subject: 'its signing keys have changed', error }, context)
  }
  await recordPublishedKeys(cluster, recorded, status)
}

interface Doubted {
  readonly issuerUrl: string
  readonly target: z.output<typeof description.input>['target']
  readonly observed: ObservedDocuments
  /** The keys that the API server publishes, without revoked ones. */
  readonly usable: readonly IdentifiedKey[]
  readonly doubt: Doubt
}

/** Publishes no new keys, but removes revoked keys that a crashed revocation has left. */
async function publishNoNewKeys({ issuerUrl, target, observed, usable, doubt }: Doubted, context: StepContext) {
  const { cluster, status, dryRun } = context
  if (!dryRun) await recordWaitingKeys(cluster, doubt.keys, status)
  const there = await keysIn(observed)
  const staying = without(there, status.revokedKeys ?? [])
  const hasRevokedKeys = staying.length < there.length
  const changes = hasRevokedKeys ? await publish({ issuerUrl, keys: byId(staying), observed }, context) : []
  if (usable.length === 0) throw allRevoked(cluster)
  return { ...waitingFor(doubt.reason, taskOfDoubt(target, doubt)), changes }
}

interface Wanted {
  readonly issuerUrl: string
  readonly target: z.output<typeof description.input>['target']
  readonly status: ClusterStatus
  readonly signal: AbortSignal
  readonly needs: z.output<typeof description.input>['needs']
}

/**
 * Returns the keys of the API server, and any doubt that they are the cluster's. If the API server does not respond,
 * returns the reason to wait.
 */
async function shownKeys(cluster: ReachedCluster, wanted: Wanted) {
  const { issuerUrl, target, status, needs } = wanted
  // After the first setup, a token must show that the credentials lead to this cluster, before its keys are replaced.
  const audience = status.verifiedAt === undefined ? undefined : freshAudience()
  try {
    const { keySet, token = '', missing } = await cluster.run(readKeys, { target, audience, needs })
    const fresh = audience === undefined ? undefined : { token, audience }
    if (fresh) requireIssuer(target, issuerNamedIn(token), issuersUntilMoved(status, issuerUrl))
    requireNone(missing, target, { again: againOfSetup(target.name) })
    const checked = checkedKeys(keySet)
    if ('problem' in checked) throw unusable(target.name, checked.problem)
    const live = await identified(checked.keys)
    return { live, doubt: fresh && (await doubtIn(fresh, checked.keys, wanted)) }
  } catch (error) {
    if (error instanceof Unreachable || error instanceof CloudUnavailable) return waitingFor(reasonToWait(error))
    throw error
  }
}

async function doubtIn(fresh: FreshToken, keys: readonly PublicKey[], { issuerUrl, target, status, signal }: Wanted) {
  const proven = await provenIssuer(fresh, { issuers: issuersUntilMoved(status, issuerUrl), keys })
  const key = proven && { kid: proven.signingKey.kid, thumbprint: proven.thumbprint }
  const trusted = [...trustedKeys(status), ...(await keysOfFormerIssuer(status, issuerUrl, signal))]
  return doubtOf(target, { key, trusted, revoked: status.revokedKeys ?? [] })
}

/** Returns the keys of the issuer that the cluster moves from, until keys are published at the hosted issuer. */
async function keysOfFormerIssuer(status: ClusterStatus, issuerUrl: string, signal: AbortSignal) {
  const former = movedFrom(status, issuerUrl)
  if (status.publishedKeys !== undefined || former === undefined) return []
  const { keys } = await readDiscovery(former.issuerUrl, signal)
  return identified(keys.flatMap(({ key }) => key ?? []))
}

function waitingFor(reason: string, task?: Task) {
  return { waiting: { reason, events: [], task } }
}

function unusable(cluster: string, problem: string): InvalidDiscovery {
  return new InvalidDiscovery({
    object: `key set of cluster ${cluster}`,
    reason: `it cannot be published: ${problem}`,
    action: 'Correct the keys that its API servers are started with (--service-account-key-file)',
  })
}

function allRevoked(cluster: string): InvalidDiscovery {
  return new InvalidDiscovery({
    object: `key set of cluster ${cluster}`,
    reason: 'each of its keys is revoked, so that AWS refuses every token of the cluster',
    action:
      'Let its API servers sign with a new key (--service-account-signing-key-file and --service-account-key-file), and send the request again',
  })
}
