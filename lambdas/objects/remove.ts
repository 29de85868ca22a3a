/**
 * Deletes objects that we created, and removes our additions from objects that we adopted. It checks the ownership
 * before each write. A dry run includes the server's checks, so it also reports what the server would reject.
 */
import type { KubernetesObject } from '@kubernetes/client-node'
import type { ClusterClient, MetadataPatch } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { retryOnConflict } from '../errors/attempts.ts'
import { AccessDenied } from '../errors/step-errors.ts'
import {
  namespaceContents,
  objectOwnershipOf,
  staysAdopted,
  staysTheirs,
  withoutOwnershipLabels,
} from '../ownership/kubernetes-removal.ts'
import type { Change } from '../report/change.ts'

/** The maximum number of attempts before the step fails and the state machine retries. Controllers cause conflicts. */
const maxObservations = 4

/**
 * Deletes an object that we created. Removes our label and annotations from an object that we adopted. Leaves a foreign
 * object unchanged.
 *
 * @throws {ConcurrentChange} when the last attempt conflicts
 */
export function removeObject(cluster: ClusterClient, ref: ObjectRef, dryRun: boolean): Promise<Change[]> {
  return withConflictRetries(async () => {
    const live = await cluster.get(ref)
    if (!live) return []
    const object = displayName(ref)
    const ownership = objectOwnershipOf(live.metadata, cluster.owner)
    if (ownership === 'theirs') {
      return [{ object, action: 'unchanged', detail: staysTheirs(live.metadata, cluster.owner) }]
    }
    if (ownership === 'adopted') return [await releaseObject(cluster, ref, live, { dryRun })]
    await cluster.delete(ref, live, { dryRun })
    return [{ object, action: 'deleted' }]
  })
}

/** Removes our label, our annotations and the annotations in the options from an object that is not deleted. */
export async function releaseObject(
  cluster: ClusterClient,
  ref: ObjectRef,
  live: KubernetesObject,
  { dryRun, annotations = [] }: { readonly dryRun: boolean; readonly annotations?: readonly string[] },
): Promise<Change> {
  const taken: MetadataPatch = Object.fromEntries(annotations.map((name) => [name, null]))
  const { labels, annotations: marks } = withoutOwnershipLabels
  await cluster.patchMetadata(ref, live, { labels, annotations: { ...marks, ...taken }, dryRun })
  return { object: displayName(ref), action: 'updated', detail: staysAdopted }
}

export interface NamespaceRemoval {
  readonly changes: readonly Change[]
  /** Objects that are being deleted. The step polls until they are gone, before it deletes the namespace. */
  readonly leaving: readonly string[]
}

type DeletedContents = (contents: readonly KubernetesObject[]) => readonly string[]

/**
 * Deletes a namespace that we created, unless it contains other objects. Treats any other namespace like
 * {@link removeObject}.
 *
 * @param deletedContents returns the objects in the namespace that are deleted, as `Kind name`. Kubernetes also deletes
 *   the objects that they own
 * @throws {ConcurrentChange} when the last attempt conflicts
 */
export async function removeNamespace(
  cluster: ClusterClient,
  name: string,
  { dryRun, deletedContents }: { readonly dryRun: boolean; readonly deletedContents: DeletedContents },
): Promise<NamespaceRemoval> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name } as const
  const live = await cluster.get(ref)
  if (!live) return { changes: [], leaving: [] }
  const isOurs = objectOwnershipOf(live.metadata, cluster.owner) === 'ours'
  if (isOurs && live.metadata?.deletionTimestamp) return { changes: [], leaving: [displayName(ref)] }
  const { reason, leaving } = isOurs ? await reasonToKeep(cluster, name, deletedContents) : nothing
  if (reason !== undefined) {
    return { changes: [{ object: displayName(ref), action: 'unchanged', detail: `it stays: ${reason}` }], leaving: [] }
  }
  if (leaving.length > 0 && !dryRun) return { changes: [], leaving }
  const changes = await removeObject(cluster, ref, dryRun)
  return { changes, leaving: [] }
}

const nothing = { reason: undefined, leaving: [] } as const

/** Returns why the namespace stays. The reason is undefined if all of its objects are deleted. */
async function reasonToKeep(
  cluster: ClusterClient,
  name: string,
  deletedContents: DeletedContents,
): Promise<{ readonly reason: string | undefined; readonly leaving: readonly string[] }> {
  try {
    const contents = await cluster.contentsOf(name)
    const { leaving, others } = namespaceContents(contents, deletedContents(contents))
    if (others.length === 0) return { reason: undefined, leaving }
    const [shown, rest] = [others.slice(0, 5), others.length - 5]
    return { reason: `there is more in it: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`, leaving }
  } catch (error) {
    // The namespace may contain objects that may not be read, so it stays. Transient errors are retried.
    if (error instanceof AccessDenied) {
      return { reason: `whether it is empty cannot be seen: ${error.reason}`, leaving: [] }
    }
    throw error
  }
}

/**
 * Retries when the object has changed between the read and the write.
 *
 * @throws {ConcurrentChange} when the last attempt conflicts
 */
export function withConflictRetries<Result>(work: () => Promise<Result>): Promise<Result> {
  return retryOnConflict(maxObservations, work)
}
