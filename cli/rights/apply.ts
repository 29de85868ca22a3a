import type { ClusterAccess, Manifest } from '../kubernetes/cluster-access.ts'
import { changeOf, type ObjectChange, otherNamespaces } from './changes.ts'

/** Rights, and the changes that an apply makes in a cluster. */
export interface PlannedRights {
  readonly changes: readonly ObjectChange[]
  /** The objects that differ, in apply order. */
  readonly objects: readonly Manifest[]
}

/** Compares the rights with the cluster. It also plans namespaces of the rights that do not exist. */
export async function planRights(cluster: ClusterAccess, rights: readonly Manifest[]): Promise<PlannedRights> {
  const all = [...otherNamespaces(rights), ...rights]
  const compared = await Promise.all(
    all.map(async (object) => ({ object, change: changeOf(object, await cluster.read(object)) })),
  )
  return {
    changes: compared.map(({ change }) => change),
    objects: compared.filter(({ change }) => change.action !== 'unchanged').map(({ object }) => object),
  }
}

/** Sequential, because a namespace must exist before its objects. */
export async function applyRights(cluster: ClusterAccess, { objects }: PlannedRights): Promise<void> {
  for (const object of objects) await cluster.apply(object)
}
