import type { KubernetesObject } from '@kubernetes/client-node'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { isAdopted, isOurs } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'

/** Deletes an object that we created. Does nothing if the object is missing, adopted or foreign. */
export async function removeOurs(cluster: ClusterClient, ref: ObjectRef): Promise<readonly Change[]> {
  return removeCreated(cluster, ref, await createdByUs(cluster, ref))
}

/** Deletes the object that {@link createdByUs} returned. The UID protects a new object of the same name. */
export async function removeCreated(
  cluster: ClusterClient,
  ref: ObjectRef,
  created: KubernetesObject | undefined,
): Promise<readonly Change[]> {
  if (!created) return []
  const uid = created.metadata?.uid
  await cluster.delete(ref, { metadata: uid === undefined ? {} : { uid } })
  return [{ object: displayName(ref), action: 'deleted' }]
}

/** Returns the object if it exists, is ours and is not adopted. */
export async function createdByUs(cluster: ClusterClient, ref: ObjectRef): Promise<KubernetesObject | undefined> {
  const observed = await cluster.get(ref)
  if (!observed || !isOurs(observed.metadata, cluster.owner) || isAdopted(observed.metadata)) return undefined
  return observed
}
