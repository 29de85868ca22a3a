import { project } from '../../../../sandbox/google/project.ts'
import { hostedDocuments } from '../aws-clients.ts'
import type { System } from '../system.ts'
import { footprint } from './footprint.ts'

/** The objects of a cluster outside of Kubernetes, with their content. */
export interface Snapshot {
  /** Its roles with their policies; its providers with thumbprints, client IDs and tags. */
  readonly iam: readonly string[]
  /** Labels, settings, generation and IAM policy. Undefined without a bucket. */
  readonly bucket: unknown
  /** The text of each object in its bucket, by name. */
  readonly objects: Readonly<Record<string, string>>
  /** The text of each document that the deployment hosts for it, by key. */
  readonly hosted: Readonly<Record<string, string>>
}

/** Takes a snapshot. A bucket must have the name that `ownCluster` gives it. */
export async function snapshotOf(system: System, cluster: string): Promise<Snapshot> {
  const [lines, hosted, bucket] = await Promise.all([
    footprint(system, cluster),
    hostedDocuments(system, cluster),
    bucketOf(system, `${cluster}-discovery`),
  ])
  return { iam: lines.filter((line) => /^(Role|Provider) /.test(line)), hosted, ...bucket }
}

async function bucketOf({ sandbox }: System, name: string): Promise<Pick<Snapshot, 'bucket' | 'objects'>> {
  const { buckets } = sandbox.google
  const { administrator } = project
  const resource = await buckets.get(administrator, name).catch(() => undefined)
  if (resource === undefined) return { bucket: undefined, objects: {} }
  const [policy, names] = await Promise.all([
    buckets.policy(administrator, name, 3),
    buckets.objects(administrator, name),
  ])
  const objects = names.map(async (object) => {
    const { body } = await buckets.object(administrator, name, object)
    return [object, body.toString()] as const
  })
  return { bucket: { ...resource, policy }, objects: Object.fromEntries(await Promise.all(objects)) }
}
