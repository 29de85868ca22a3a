import { type Fault, type FieldPath, faultAt, quoted } from '../spec/issue.ts'
import { refusedBucketNames } from '../spec/names.ts'
import type { RequestDraft } from '../spec/schema.ts'

/**
 * Validates the bucket of the discovery documents: a cluster that is created has one, and each field names the same
 * one.
 */
export function discoveryFaults({ cluster = {}, discovery }: RequestDraft): Fault[] {
  const bucket = discovery?.bucket
  return [
    ...presenceFaults(cluster.provider, cluster.spec !== undefined, discovery !== undefined),
    ...(bucket === undefined ? [] : namingFaults(bucket)),
    ...specBucketFaults(cluster.spec?.controlPlane?.workloadIdentity?.oidcDiscoveryGCSBucket, bucket),
  ]
}

function presenceFaults(provider: string | undefined, hasSpec: boolean, hasDiscovery: boolean): Fault[] {
  if (provider === 'existing' && hasDiscovery) {
    return [
      faultAt(
        ['discovery'],
        'makes no sense with provider existing, which publishes its documents itself: leave it out, or use provider gke-on-aws',
      ),
    ]
  }
  if (provider === 'gke-on-aws' && hasSpec && !hasDiscovery) {
    return [
      faultAt(
        ['discovery'],
        'is missing, and a cluster that is created needs a bucket for its documents: give bucket, projectId, location and managementServiceAccount',
      ),
    ]
  }
  return []
}

function namingFaults(bucket: string): Fault[] {
  return bucketNameObjections(bucket).map((objection) =>
    faultAt(['discovery', 'bucket'], `${quoted(bucket)} ${objection}: use another name`),
  )
}

const specBucket: FieldPath = ['cluster', 'spec', 'controlPlane', 'workloadIdentity', 'oidcDiscoveryGCSBucket']

function specBucketFaults(found: string | undefined, bucket: string | undefined): Fault[] {
  if (found === undefined || bucket === undefined || found === bucket) return []
  return [
    faultAt(
      specBucket,
      `${quoted(found)} is another bucket than discovery.bucket, ${quoted(bucket)}: use the same, or leave this field out`,
    ),
  ]
}

/** The other reasons for which Google refuses a bucket's name. Empty when the name is valid. */
export function bucketNameObjections(name: string): string[] {
  return refusedBucketNames.flatMap(([refused, objection]) => (refused.test(name) ? [objection] : []))
}
