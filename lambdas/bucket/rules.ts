import { type FieldPath, issueAt, quoted, type ValidationIssue } from '../spec/issue.ts'
import { refusedBucketNames } from '../spec/names.ts'
import type { RequestDraft } from '../spec/schema.ts'

/**
 * Validates the bucket of the discovery documents: a cluster that is created has one, and each field names the same
 * one.
 */
export function discoveryIssues({ cluster = {}, discovery }: RequestDraft): ValidationIssue[] {
  const bucket = discovery?.bucket
  return [
    ...presenceIssues(cluster.provider, cluster.spec !== undefined, discovery !== undefined),
    ...(bucket === undefined ? [] : namingIssues(bucket)),
    ...specBucketIssues(cluster.spec?.controlPlane?.workloadIdentity?.oidcDiscoveryGCSBucket, bucket),
  ]
}

function presenceIssues(provider: string | undefined, hasSpec: boolean, hasDiscovery: boolean): ValidationIssue[] {
  if (provider === 'existing' && hasDiscovery) {
    return [
      issueAt(
        ['discovery'],
        'makes no sense with provider existing, which publishes its documents itself: leave it out, or use provider gke-on-aws',
      ),
    ]
  }
  if (provider === 'gke-on-aws' && hasSpec && !hasDiscovery) {
    return [
      issueAt(
        ['discovery'],
        'is missing, and a cluster that is created needs a bucket for its documents: give bucket, projectId, location and managementServiceAccount',
      ),
    ]
  }
  return []
}

function namingIssues(bucket: string): ValidationIssue[] {
  return bucketNameProblems(bucket).map((problem) =>
    issueAt(['discovery', 'bucket'], `${quoted(bucket)} ${problem}: use another name`),
  )
}

const specBucket: FieldPath = ['cluster', 'spec', 'controlPlane', 'workloadIdentity', 'oidcDiscoveryGCSBucket']

function specBucketIssues(observed: string | undefined, bucket: string | undefined): ValidationIssue[] {
  if (observed === undefined || bucket === undefined || observed === bucket) return []
  return [
    issueAt(
      specBucket,
      `${quoted(observed)} is another bucket than discovery.bucket, ${quoted(bucket)}: use the same, or leave this field out`,
    ),
  ]
}

/** The other reasons for which Google refuses a bucket's name. Empty when the name is valid. */
export function bucketNameProblems(name: string): string[] {
  return refusedBucketNames.flatMap(([refused, problem]) => (refused.test(name) ? [problem] : []))
}
