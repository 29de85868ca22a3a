/**
 * Takes away what we made, and from what we adopted what we added: the mark is looked at before each write. A dry run goes
 * through the server's checks, so that it tells what would be refused, too.
 */
import type { KubernetesObject } from '@kubernetes/client-node'
import type { ClusterClient, MetadataPatch } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { againOnChange } from '../errors/attempts.ts'
import { AccessDenied, CloudUnavailable } from '../errors/step-errors.ts'
import {
  namespaceContents,
  standingOf,
  staysAdopted,
  staysTheirs,
  withoutMarks,
} from '../ownership/kubernetes-removal.ts'
import type { Change } from '../report/change.ts'

/** Controllers write to objects all the time: so often an object is looked at again before the state machine is told. */
const mostLooks = 4

/** Deletes the object if we made it; takes our marks from it if we adopted it. Nothing when it is not there. */
export function removeObject(cluster: ClusterClient, ref: ObjectRef, dryRun: boolean): Promise<Change[]> {
  return lookingAgain(async () => {
    const live = await cluster.get(ref)
    if (!live) return []
    const object = displayName(ref)
    const standing = standingOf(live.metadata)
    if (standing === 'theirs') return [{ object, action: 'unchanged', detail: staysTheirs }]
    if (standing === 'adopted') return [await releaseObject(cluster, ref, live, { dryRun })]
    await cluster.delete(ref, live, { dryRun })
    return [{ object, action: 'deleted' }]
  })
}

/** Takes our marks, and these annotations, from an object that stays. */
export async function releaseObject(
  cluster: ClusterClient,
  ref: ObjectRef,
  live: KubernetesObject,
  { dryRun, annotations = [] }: { readonly dryRun: boolean; readonly annotations?: readonly string[] },
): Promise<Change> {
  const taken: MetadataPatch = Object.fromEntries(annotations.map((name) => [name, null]))
  const { labels, annotations: marks } = withoutMarks
  await cluster.patchMetadata(ref, live, { labels, annotations: { ...marks, ...taken }, dryRun })
  return { object: displayName(ref), action: 'updated', detail: staysAdopted }
}

export interface NamespaceRemoval {
  readonly changes: readonly Change[]
  /** What has to be gone before the namespace can be deleted, and is going: look again. */
  readonly leaving: readonly string[]
}

type GoingOf = (contents: readonly KubernetesObject[]) => readonly string[]

/**
 * Deletes a namespace that we made and in which nothing of anybody else is. Nothing when it is not there.
 *
 * @param goingOf gives of its contents, as `Kind name`, what is deleted in it: what that owns goes with it
 */
export async function removeNamespace(
  cluster: ClusterClient,
  name: string,
  { dryRun, goingOf }: { readonly dryRun: boolean; readonly goingOf: GoingOf },
): Promise<NamespaceRemoval> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name } as const
  const live = await cluster.get(ref)
  if (!live) return { changes: [], leaving: [] }
  const isOurs = standingOf(live.metadata) === 'ours'
  if (isOurs && live.metadata?.deletionTimestamp) return { changes: [], leaving: [displayName(ref)] }
  const { reason, leaving } = isOurs ? await reasonToKeep(cluster, name, goingOf) : nothing
  if (reason !== undefined) {
    return { changes: [{ object: displayName(ref), action: 'unchanged', detail: `it stays: ${reason}` }], leaving: [] }
  }
  if (leaving.length > 0 && !dryRun) return { changes: [], leaving }
  const changes = await removeObject(cluster, ref, dryRun)
  return { changes, leaving: [] }
}

const nothing = { reason: undefined, leaving: [] } as const

/** No reason for a namespace that is empty, but for what is leaving. */
async function reasonToKeep(
  cluster: ClusterClient,
  name: string,
  goingOf: GoingOf,
): Promise<{ readonly reason: string | undefined; readonly leaving: readonly string[] }> {
  try {
    const contents = await cluster.contentsOf(name)
    const { leaving, others } = namespaceContents(contents, goingOf(contents))
    if (others.length === 0) return { reason: undefined, leaving }
    const [shown, rest] = [others.slice(0, 5), others.length - 5]
    return { reason: `there is more in it: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`, leaving }
  } catch (error) {
    // What cannot be seen might be anything.
    if (error instanceof AccessDenied || error instanceof CloudUnavailable) {
      return { reason: `whether it is empty cannot be seen: ${error.reason}`, leaving: [] }
    }
    throw error
  }
}

/** Does it again when the object was changed between the look and the write. */
export function lookingAgain<Result>(work: () => Promise<Result>): Promise<Result> {
  return againOnChange(mostLooks, work)
}
