import type { BucketChanges, BucketState } from '../clouds/google/bucket-client.ts'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { InvalidObject, OwnershipConflict, PublicAccessPrevented } from '../errors/step-errors.ts'
import { bucketLabels, manager } from '../ownership/labels.ts'
import { ownershipConflict } from '../ownership/ownership.ts'
import { type Difference, differenceIn, differencesByKey } from '../report/difference.ts'
import { deploymentLabel, otherDeploymentOf } from './bucket-deployment.ts'
import { bucketOwnership } from './bucket-removal.ts'

export interface DesiredBucket {
  readonly name: string
  readonly location: string
  /** ACCOUNT/REGION/STACK. */
  readonly deployment: string
  /** The cluster that requests the bucket. The bucket's label names the first cluster that requested it. */
  readonly clusterName: string
  readonly adopt: boolean
}

/** The labels of a bucket that we create for a cluster of a deployment. */
export function labelsFor({
  deployment,
  clusterName,
}: Pick<DesiredBucket, 'deployment' | 'clusterName'>): Record<string, string> {
  return { [bucketLabels.managedBy]: manager, ...ownerLabels(deployment, clusterName) }
}

function ownerLabels(deployment: string, clusterName: string): Record<string, string> {
  return { [bucketLabels.deployment]: deploymentLabel(deployment), [bucketLabels.cluster]: clusterName }
}

/**
 * The changes that bring an existing bucket to the desired state. A bucket that another cluster of this deployment
 * created is shared, and retains its labels.
 *
 * @throws {OwnershipConflict} when another deployment owns the bucket, or the bucket is not ours and may not be adopted
 * @throws {InvalidObject} when the bucket is in another location
 * @throws {PublicAccessPrevented} when the bucket's own setting prevents public access
 */
export function bucketChanges(observed: BucketState, desired: DesiredBucket): BucketChanges {
  const adopting = requireUsable(observed, desired)
  requireLocation(observed, desired)
  if (observed.publicAccessPrevented) throw preventedByBucket(desired.name)
  return changesOf(observed, desired, adopting)
}

/** The changes of an adoption, even if the adoption would fail for another reason. */
export function adoptionChanges(observed: BucketState, desired: DesiredBucket): BucketChanges {
  return changesOf(observed, desired, true)
}

function changesOf(observed: BucketState, desired: DesiredBucket, adopting: boolean): BucketChanges {
  const labels = adopting ? adoptedLabels(observed, desired) : missingLabels(observed, desired)
  return { ...(labels && { labels }), ...(!observed.uniformAccess && { uniformAccess: true }) }
}

/** Whether the changes label a foreign bucket as adopted. */
export function adopts({ labels }: BucketChanges): boolean {
  return labels?.[bucketLabels.adopted] !== undefined
}

/** Returns a text such as "labels, uniform access", for the detail of a change. */
export function describeBucketChanges(changes: BucketChanges): string {
  return [changes.labels && 'labels', changes.uniformAccess && 'uniform access'].filter(Boolean).join(', ')
}

/** The differences that the changes would remove, for each field. The fields have Cloud Storage's names. */
export function bucketDifferences(observed: BucketState, changes: BucketChanges): Difference[] {
  const uniformAccess = 'iamConfiguration.uniformBucketLevelAccess.enabled'
  return [
    ...differencesByKey(changes.labels ?? {}, observed.labels, 'labels.'),
    ...(changes.uniformAccess ? [differenceIn(uniformAccess, true, observed.uniformAccess)] : []),
  ]
}

/**
 * Returns whether the bucket must be labelled as adopted first.
 *
 * @throws {OwnershipConflict} when another deployment owns the bucket, or the bucket is not ours and may not be adopted
 */
function requireUsable(observed: BucketState, { name, deployment, adopt }: DesiredBucket): boolean {
  const other = otherDeploymentOf(observed, deployment)
  if (other !== undefined) throw ofOtherDeployment(name, other)
  const isForeign = bucketOwnership(observed) === 'theirs'
  if (isForeign && !adopt) throw ownershipConflict(bucketUrl(name))
  return isForeign
}

/** A managed-by label of another owner stays, because that owner continues to manage the bucket. */
function adoptedLabels({ labels }: BucketState, desired: DesiredBucket): Record<string, string> {
  const marks = { ...labelsFor(desired), [bucketLabels.adopted]: 'true' }
  const managedBy = labels[bucketLabels.managedBy]
  return managedBy === undefined ? marks : { ...marks, [bucketLabels.managedBy]: managedBy }
}

/** Returns the owner labels that the bucket lacks. An existing label stays, because it may name another cluster. */
function missingLabels(
  { labels }: BucketState,
  { deployment, clusterName }: DesiredBucket,
): Record<string, string> | undefined {
  const missing = Object.entries(ownerLabels(deployment, clusterName)).filter(([name]) => labels[name] === undefined)
  return missing.length === 0 ? undefined : Object.fromEntries(missing)
}

function ofOtherDeployment(name: string, other: string): OwnershipConflict {
  return new OwnershipConflict({
    object: bucketUrl(name),
    reason: `it belongs to another deployment (label ${bucketLabels.deployment}: ${other})`,
    action: 'Choose another bucket name, or tear down there the clusters that publish in it',
  })
}

function requireLocation(observed: BucketState, { name, location }: DesiredBucket): void {
  if (observed.location === location.toUpperCase()) return
  throw new InvalidObject({
    object: bucketUrl(name),
    reason: `it is in ${observed.location} and not in ${location.toUpperCase()}, and the location of a bucket cannot be changed`,
    action: `Ask for the location ${observed.location}, or for a bucket of another name`,
  })
}

function preventedByBucket(name: string): PublicAccessPrevented {
  return new PublicAccessPrevented({
    object: bucketUrl(name),
    reason: 'the bucket enforces public access prevention, and AWS must be able to read the discovery documents in it',
    action: `Turn it off (gcloud storage buckets update ${bucketUrl(name)} --no-public-access-prevention), or choose another bucket`,
  })
}
