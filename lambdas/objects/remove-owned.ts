import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { isAdopted, isOurs } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'

/** Deletes an object that we made. A missing object, an adopted one and one that is not ours stay, without a change. */
export async function removeOurs(cluster: ClusterClient, ref: ObjectRef): Promise<readonly Change[]> {
  if (!(await isMadeByUs(cluster, ref))) return []
  await cluster.delete(ref)
  return [{ object: displayName(ref), action: 'deleted' }]
}

/** True when the object exists, is ours and is not adopted. */
export async function isMadeByUs(cluster: ClusterClient, ref: ObjectRef): Promise<boolean> {
  const observed = await cluster.get(ref)
  return observed !== undefined && isOurs(observed.metadata, cluster.owner) && !isAdopted(observed.metadata)
}
