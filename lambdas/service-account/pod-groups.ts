/** Groups pods by their controllers. */
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { allDone } from '../errors/attempts.ts'
import { AccessDenied } from '../errors/step-errors.ts'
import { accountOf, controllerOf, type ObservedPod, type OwnerReference, type PodGroup } from './pods.ts'

/** More groups do not help a reader, and the size of a table item is limited. */
const maxGroups = 200
const maxNames = 10

/** Returns the pods of a namespace, or undefined if the credentials may not list pods. */
export async function podsIn(cluster: ClusterClient, namespace: string): Promise<readonly ObservedPod[] | undefined> {
  try {
    return await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace })
  } catch (error) {
    if (error instanceof AccessDenied) return undefined
    throw error
  }
}

/** Groups the pods by namespace, account and controller, in at most 200 groups. The controller may be a Deployment. */
export async function podGroups(cluster: ClusterClient, pods: readonly ObservedPod[]): Promise<PodGroup[]> {
  const owners = new Map<string, Promise<OwnerReference>>()
  const topOf = (owner: OwnerReference, namespace: string) => {
    const key = JSON.stringify([namespace, owner.kind, owner.name])
    const topOwner = owners.get(key) ?? ownerOf(cluster, owner, namespace)
    owners.set(key, topOwner)
    return topOwner
  }
  const observed = await allDone(
    pods.map(async (pod) => {
      const [namespace = '', serviceAccount = ''] = accountOf(pod).split('/')
      const owner = controllerOf(pod.metadata)
      const top = owner && (await topOf(owner, namespace))
      const controller = top && { apiVersion: top.apiVersion, kind: top.kind, name: top.name }
      return { name: pod.metadata?.name ?? '', of: { namespace, serviceAccount, ...(controller && { controller }) } }
    }),
  )
  const byOwner = Map.groupBy(observed, ({ of }) => JSON.stringify(of))
  const all = [...byOwner.values()].flatMap(([first, ...more]) => {
    if (!first) return []
    const names = [first, ...more].map(({ name }) => name).sort()
    return [{ ...first.of, pods: names.slice(0, maxNames), count: names.length }]
  })
  return all.slice(0, maxGroups)
}

/** Returns the Deployment of a ReplicaSet, because people work with Deployments. Returns any other owner unchanged. */
async function ownerOf(cluster: ClusterClient, owner: OwnerReference, namespace: string): Promise<OwnerReference> {
  if (owner.kind !== 'ReplicaSet' || owner.apiVersion !== 'apps/v1') return owner
  try {
    const ref = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner.name, namespace } as const
    return controllerOf((await cluster.get(ref))?.metadata) ?? owner
  } catch (error) {
    if (error instanceof AccessDenied) return owner
    throw error
  }
}
