import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { isAdopted, isOurs } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'

/** Deletes what we made; what is not there, not ours or was adopted stays as it is, and is no change. */
export async function removeOurs(cluster: ClusterClient, ref: ObjectRef): Promise<readonly Change[]> {
  if (!(await isMadeByUs(cluster, ref))) return []
  await cluster.delete(ref)
  return [{ object: displayName(ref), action: 'deleted' }]
}

/** Whether the object is there, ours, and not adopted. */
export async function isMadeByUs(cluster: ClusterClient, ref: ObjectRef): Promise<boolean> {
  const found = await cluster.get(ref)
  return found !== undefined && isOurs(found.metadata) && !isAdopted(found.metadata)
}
