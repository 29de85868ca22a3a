import type { BucketChanges, BucketState } from '../clouds/google/bucket-client.ts'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { InvalidObject, PublicAccessPrevented } from '../errors/step-errors.ts'
import { bucketLabels, manager } from '../ownership/labels.ts'
import { notMarked } from '../ownership/ownership.ts'
import { type Difference, differenceIn, differencesByKey } from '../report/difference.ts'

export interface BucketWanted {
  readonly name: string
  readonly location: string
  /** The cluster that asks; the mark of a bucket names the first one that did. */
  readonly clusterName: string
  readonly adopt: boolean
}

/** The labels of a bucket that we make for the cluster. */
export function labelsFor(clusterName: string): Record<string, string> {
  return { [bucketLabels.managedBy]: manager, [bucketLabels.cluster]: clusterName }
}

/**
 * What differs between a bucket that is there and what it must be. A bucket that another cluster of ours made is shared,
 * marks and all. Throws NotOurs when it is not ours and is not to be adopted, InvalidObject when it is in another
 * location, PublicAccessPrevented when the bucket itself is set so that it cannot be public.
 */
export function bucketChanges(found: BucketState, wanted: BucketWanted): BucketChanges {
  const adopting = requireUsable(found, wanted)
  requireLocation(found, wanted)
  if (found.publicAccessPrevented) throw preventedByBucket(wanted.name)
  const labels = adopting ? adoptedLabels(found, wanted.clusterName) : clusterLabel(found, wanted.clusterName)
  return { ...(labels && { labels }), ...(!found.uniformAccess && { uniformAccess: true }) }
}

/** Whether the changes mark a bucket of somebody else as adopted. */
export function adopts({ labels }: BucketChanges): boolean {
  return labels?.[bucketLabels.adopted] !== undefined
}

/** "labels, uniform access", for a change's detail. */
export function describeBucketChanges(changes: BucketChanges): string {
  return [changes.labels && 'labels', changes.uniformAccess && 'uniform access'].filter(Boolean).join(', ')
}

/** Field by field what the changes would do, as Cloud Storage spells the fields. */
export function bucketDifferences(found: BucketState, changes: BucketChanges): Difference[] {
  const uniformAccess = 'iamConfiguration.uniformBucketLevelAccess.enabled'
  return [
    ...differencesByKey(changes.labels ?? {}, found.labels, 'labels.'),
    ...(changes.uniformAccess ? [differenceIn(uniformAccess, true, found.uniformAccess)] : []),
  ]
}

/** True when the bucket must be marked as adopted first. */
function requireUsable({ labels }: BucketState, { name, adopt }: BucketWanted): boolean {
  if (labels[bucketLabels.managedBy] === manager || labels[bucketLabels.adopted] === 'true') return false
  if (adopt) return true
  throw notMarked(bucketUrl(name))
}

/** Somebody else's managed-by label stays: whoever manages the bucket goes on doing so. */
function adoptedLabels({ labels }: BucketState, clusterName: string): Record<string, string> {
  const marks = { ...labelsFor(clusterName), [bucketLabels.adopted]: 'true' }
  const managedBy = labels[bucketLabels.managedBy]
  return managedBy === undefined ? marks : { ...marks, [bucketLabels.managedBy]: managedBy }
}

/** The name of a cluster that somebody took away; one that is there may be another cluster's, and stays. */
function clusterLabel({ labels }: BucketState, clusterName: string): Record<string, string> | undefined {
  return labels[bucketLabels.cluster] === undefined ? { [bucketLabels.cluster]: clusterName } : undefined
}

function requireLocation(found: BucketState, { name, location }: BucketWanted): void {
  if (found.location === location.toUpperCase()) return
  throw new InvalidObject({
    object: bucketUrl(name),
    reason: `it is in ${found.location} and not in ${location.toUpperCase()}, and the location of a bucket cannot be changed`,
    action: `Ask for the location ${found.location}, or for a bucket of another name`,
  })
}

function preventedByBucket(name: string): PublicAccessPrevented {
  return new PublicAccessPrevented({
    object: bucketUrl(name),
    reason: 'the bucket enforces public access prevention, and AWS must be able to read the discovery documents in it',
    action: `Turn it off (gcloud storage buckets update ${bucketUrl(name)} --no-public-access-prevention), or choose another bucket`,
  })
}
