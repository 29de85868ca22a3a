import {
  type BucketClaim,
  type BucketTerms,
  hasGranted,
  holdsOn,
  isElsewhere,
  isUserOn,
  noClaim,
  usersOnOtherTerms,
} from '../claims/bucket-claim.ts'
import { holdBucket, readBucketClaim, restoreBucketClaim } from '../claims/bucket-claims.ts'
import { bucketResource } from '../claims/claim.ts'
import { ownedByAnother, unclaimed } from '../claims/refusal.ts'
import { readAhead } from '../clouds/aws/secrets.ts'
import {
  type BucketClient,
  type BucketPolicy,
  type BucketState,
  connectToBucket,
} from '../clouds/google/bucket-client.ts'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { allDone, retryOnConflict } from '../errors/attempts.ts'
import { AccessDenied, ConcurrentChange, OwnershipConflict } from '../errors/step-errors.ts'
import { adoptionRefused } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { reported } from '../report/difference.ts'
import { setting } from '../settings.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import {
  adoptionChanges,
  adopts,
  bucketChanges,
  bucketDifferences,
  type DesiredBucket,
  describeBucketChanges,
  labelsFor,
} from './bucket.ts'
import { maxObjects, requireDocumentsOnly, wouldExpose } from './bucket-exposure.ts'
import {
  discoveryGrants,
  type Grant,
  grantAdditions,
  grantDifferences,
  managementGrant,
  missingGrants,
  withGrants,
} from './bucket-policy.ts'
import { bucketOwnership } from './bucket-removal.ts'
import { description } from './create-bucket.step.ts'

/** The maximum number of attempts when others change the bucket or its claim concurrently. Then the step fails. */
const attempts = 3

const noPolicy: BucketPolicy = { etag: '', bindings: [] }

interface Desired extends DesiredBucket {
  readonly projectId: string
  /** The project of the bucket, and the account and the role of the management service. */
  readonly terms: BucketTerms
  readonly grants: readonly Grant[]
  readonly dryRun: boolean
}

/** The observed bucket. A bucket that was deleted between the two reads may have no policy. */
interface Observed {
  readonly state: BucketState | undefined
  /** Whether the bucket has another owner, so that only an adoption may change it. */
  readonly isForeign: boolean
  readonly policy: BucketPolicy | undefined
}

/** The claim of the bucket, and the functions that take and release it for this cluster. */
interface Claim {
  readonly claim: BucketClaim
  /** Whether the grants of other writers may be reported. */
  readonly seesAll: boolean
  /** Writes the claim right before the first write to the bucket, so that a bucket of ours always has a claim. */
  hold(policy: BucketPolicy): Promise<void>
  /** Restores the earlier claim after the bucket could not be created. */
  restoreClaim(): Promise<void>
}

/**
 * Brings the discovery bucket to the desired state: uniform access, our labels, public read access, and write access
 * for the management service account. Clusters of this deployment can share a bucket.
 *
 * @throws {OwnershipConflict}
 * - when the claim of the bucket does not list the cluster with this project, account and role
 * - when the bucket is not ours and may not be adopted, or belongs to another project
 * - when a foreign bucket that contains other objects would become public
 */
export const run: StepRun<typeof description> = async (request, { dryRun, signal }) => {
  const { clusterName, discovery, adopt } = request
  const { bucket: name, location, projectId, managementServiceAccount, managementRole } = discovery
  const terms = { project: projectId, account: managementServiceAccount, role: managementRole }
  const grants = discoveryGrants(terms)
  const deployment = setting('DEPLOYMENT')
  const desired: Desired = { name, location, projectId, deployment, clusterName, adopt, terms, grants, dryRun }
  const credentialsSecret = setting('GOOGLE_CREDENTIALS_SECRET')
  const [client, claim] = await allDone([
    connectToBucket({ name, projectId, credentialsSecret }, signal),
    claimOf(desired),
  ])
  const changes = await retryOnConflict(attempts, async (attempt) =>
    reconcile(client, desired, attempt === 1 ? claim : await claimOf(desired)),
  )
  return { output: { bucket: name }, changes }
}

export const handler = step(description, run, (_, signal) => readAhead([setting('GOOGLE_CREDENTIALS_SECRET')], signal))

async function reconcile(client: BucketClient, desired: Desired, claim: Claim): Promise<Change[]> {
  const observed = await read(client, desired, claim)
  const { state, isForeign, policy } = observed
  const bucket = state
    ? await update(client, { ...observed, state }, desired, claim)
    : await create(client, desired, claim)
  // A dry run creates no bucket, so no policy exists.
  const policyNow = desired.dryRun && !state ? noPolicy : (policy ?? (await client.readPolicy()))
  // Grants of other writers are reported only for a bucket that the setup may use.
  return [bucket, await grant(client, policyNow, desired, claim.seesAll && (desired.adopt || !isForeign))]
}

/**
 * Reads the claim, in which the API records who may use the bucket. A dry run claims nothing, and its caller may not be
 * allowed to use the bucket. It reports no grants of other writers if other clusters use the bucket on other terms,
 * unless this cluster already has the bucket on exactly these terms.
 *
 * @throws {OwnershipConflict} when the claim does not list the cluster with this project, account and role
 */
async function claimOf({ name, clusterName, terms, dryRun }: Desired): Promise<Claim> {
  const claim = (await readBucketClaim(name, clusterName)) ?? noClaim
  const isAlone = usersOnOtherTerms(claim, clusterName, terms).length === 0
  const seesAll = isAlone || holdsOn(claim, clusterName, terms)
  if (dryRun) return { claim, seesAll, hold: async () => {}, restoreClaim: async () => {} }
  if (!isUserOn(claim, clusterName, terms) || isElsewhere(claim, clusterName, terms)) {
    throw ownedByAnother(clusterName, bucketResource(name))
  }
  let revision: string | undefined
  return {
    claim,
    seesAll,
    async hold(policy) {
      const isGranted = missingGrants(policy, [managementGrant(terms)]).length > 0 && !hasGranted(claim, terms)
      if (holdsOn(claim, clusterName, terms) && !isGranted) return
      revision = await holdBucket(name, { cluster: clusterName, terms, isGranted })
    },
    async restoreClaim() {
      if (revision !== undefined) await restoreBucketClaim(name, clusterName, { read: claim, revision })
    },
  }
}

async function read(client: BucketClient, desired: Desired, claim: Claim): Promise<Observed> {
  const [state, policy] = await Promise.allSettled([client.read(), client.readPolicy()])
  if (state.status === 'rejected') throw await refusal(client, desired, claim, state.reason)
  if (policy.status === 'rejected') throw policy.reason
  const isForeign = state.value !== undefined && bucketOwnership(state.value) === 'theirs'
  return { state: state.value, isForeign, policy: policy.value }
}

/**
 * Finds the reason why Google denies access to the bucket. Google sends the same message for a bucket of another
 * project, and for a bucket to which the account has no rights. Only an attempt to create the bucket shows that another
 * project has the name. A dry run makes no attempt.
 */
async function refusal(client: BucketClient, desired: Desired, claim: Claim, refused: unknown): Promise<unknown> {
  if (!(refused instanceof AccessDenied)) return refused
  if (desired.dryRun) return maybeTaken(refused)
  const answer = await create(client, desired, claim).catch((error: unknown) => error)
  return answer instanceof OwnershipConflict ? answer : refused
}

function maybeTaken({ object, reason, action }: AccessDenied): AccessDenied {
  return new AccessDenied({
    object,
    reason: `${reason}, or the bucket belongs to another project, which Google reports only to those who try to make it`,
    action: `${action}, or choose another bucket name`,
  })
}

async function create(client: BucketClient, desired: Desired, { hold, restoreClaim }: Claim): Promise<Change> {
  const { name, location, dryRun } = desired
  await hold(noPolicy)
  try {
    if (!dryRun) await client.create({ location, labels: labelsFor(desired) })
  } catch (error) {
    // After these errors the bucket was not created. After any other error, it may exist.
    if (error instanceof OwnershipConflict || error instanceof AccessDenied) await restoreClaim()
    throw error
  }
  return { object: bucketUrl(name), action: 'created' }
}

async function update(
  client: BucketClient,
  observed: Observed & { state: BucketState },
  desired: Desired,
  { claim, hold }: Claim,
): Promise<Change> {
  const object = bucketUrl(desired.name)
  const { state, isForeign, policy = noPolicy } = observed
  if (desired.dryRun && !desired.adopt && isForeign) return refusedChange(state, desired)
  const changes = bucketChanges(state, desired)
  if (!isForeign && !claim.held) throw unclaimed(desired.clusterName, bucketResource(desired.name))
  if (wouldExpose(state, policy)) requireDocumentsOnly(desired.name, await client.objects(maxObjects))
  await hold(policy)
  const detail = describeBucketChanges(changes)
  if (detail === '') return { object, action: 'unchanged' }
  if (!desired.dryRun) await client.update(state, changes)
  const report = desired.dryRun && reported(bucketDifferences(state, changes), [])
  return { object, action: adopts(changes) ? 'adopted' : 'updated', detail, ...report }
}

/** The report of a dry run for a bucket that only an adoption may change. */
function refusedChange(state: BucketState, desired: Desired): Change {
  const object = bucketUrl(desired.name)
  const differences = bucketDifferences(state, adoptionChanges(state, desired))
  return { object, action: 'adopted', ...reported(differences, []), ...adoptionRefused(object, desired.adopt) }
}

async function grant(
  client: BucketClient,
  policy: BucketPolicy | undefined,
  desired: Desired,
  reportsOthers: boolean,
): Promise<Change> {
  const object = `IAM policy of ${bucketUrl(desired.name)}`
  if (!policy) throw vanished(desired.name)
  const missing = missingGrants(policy, desired.grants)
  const { grants, projectId, dryRun } = desired
  const additions = reportsOthers ? grantAdditions(policy, grants, projectId) : []
  const report = dryRun && reported(grantDifferences(missing), additions)
  if (missing.length === 0) return { object, action: 'unchanged', ...report }
  if (!dryRun) await client.writePolicy(withGrants(policy, missing))
  const detail = missing.map(({ role, member }) => `${role} to ${member}`).join(', ')
  return { object, action: 'updated', detail, ...report }
}

function vanished(name: string): ConcurrentChange {
  return new ConcurrentChange({
    object: bucketUrl(name),
    reason: 'it was deleted while it was being set up',
    action: 'Do nothing unless it recurs: the step creates it again',
  })
}
