import * as z from 'zod/mini'
import { type FieldPath, issueAt, quoted, type ValidationIssue } from '../spec/issue.ts'
import { refusedBucketNames } from '../spec/names.ts'
import type { RequestDraft } from '../spec/schema.ts'
import { bucketDiscovery } from '../spec/setup-request.ts'

/** Validates the discovery bucket. A setup that creates a cluster needs a bucket, and all fields must name it. */
export function discoveryIssues({ cluster = {}, discovery }: RequestDraft): ValidationIssue[] {
  const bucket = discovery?.bucket
  return [
    ...presenceIssues(cluster.provider, cluster.spec !== undefined, discovery),
    ...(bucket === undefined ? [] : namingIssues(bucket)),
    ...specBucketIssues(cluster.spec?.controlPlane?.workloadIdentity?.oidcDiscoveryGCSBucket, bucket),
  ]
}

type Draft = RequestDraft['discovery']

function presenceIssues(provider: string | undefined, hasSpec: boolean, discovery: Draft): ValidationIssue[] {
  if (discovery?.hosting !== undefined) return []
  if (provider === 'existing' && discovery) {
    return [
      issueAt(
        ['discovery'],
        'makes no sense with provider existing, which publishes its documents itself: leave it out, set only discovery.hosting to deployment, or use provider gke-on-aws',
      ),
    ]
  }
  if (discovery) return missingFields(discovery)
  if (provider === 'gke-on-aws' && hasSpec) {
    return [
      issueAt(
        ['discovery'],
        'is missing, and a cluster that is created needs a bucket for its documents: give bucket, projectId, location and managementServiceAccount',
      ),
    ]
  }
  return []
}

function missingFields(discovery: NonNullable<Draft>): ValidationIssue[] {
  const { bucket, projectId, location, managementServiceAccount } = bucketDiscovery.shape
  const needed = { bucket, projectId, location, managementServiceAccount }
  return Object.entries(needed).flatMap(([field, schema]) => {
    if (Reflect.get(discovery, field) !== undefined) return []
    const { description } = z.globalRegistry.get(schema) ?? {}
    return [issueAt(['discovery', field], `is missing: give a text (${description})`)]
  })
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

/** Returns the reasons for which Google rejects a name that matches the pattern of the schema. */
function bucketNameProblems(name: string): string[] {
  return refusedBucketNames.flatMap(([refused, problem]) => (refused.test(name) ? [problem] : []))
}
