import type { ClusterAccess, Manifest } from '../kubernetes/cluster-access.ts'
import { changeOf, type ObjectChange, otherNamespaces } from './changes.ts'

/** Rights, and what an apply of them changes in a cluster. */
export interface PlannedRights {
  readonly changes: readonly ObjectChange[]
  /** What differs, in the order in which it is applied. */
  readonly objects: readonly Manifest[]
}

/** Compares the rights with what is in the cluster. Namespaces that the rights belong into are made where they are not there. */
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

/** One after the other: a namespace comes before what is in it. */
export async function applyRights(cluster: ClusterAccess, { objects }: PlannedRights): Promise<void> {
  for (const object of objects) await cluster.apply(object)
}
