/** Groups pods by their controllers. */
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import type { ObjectMetadata, OwnerReference } from '../clouds/kubernetes/object-metadata.ts'
import { allDone } from '../errors/attempts.ts'
import { AccessDenied } from '../errors/step-errors.ts'
import type { PodGroup } from './pods.ts'

/** More groups do not help a reader, and the size of a table item is limited. */
const maxGroups = 200
const maxNames = 10

interface Account {
  readonly namespace: string
  readonly serviceAccount: string
}

/** Returns the running pods of an account, or undefined if the credentials may not list pods. */
export async function podsOf(cluster: ClusterClient, account: Account): Promise<readonly ObjectMetadata[] | undefined> {
  const { namespace, serviceAccount } = account
  const running = `spec.serviceAccountName=${serviceAccount},status.phase!=Succeeded,status.phase!=Failed`
  try {
    const pods = await cluster.listMetadata({ apiVersion: 'v1', kind: 'Pod', namespace }, { fieldSelector: running })
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  } catch (error) {
    if (error instanceof AccessDenied) return undefined
    throw error
  }
}

/** Groups the pods of an account by controller, in at most 200 groups. The controller may be a Deployment. */
export async function podGroups(
  cluster: ClusterClient,
  { namespace, serviceAccount }: Account,
  pods: readonly ObjectMetadata[],
): Promise<PodGroup[]> {
  const owners = new Map<string, Promise<OwnerReference>>()
  const topOf = (owner: OwnerReference) => {
    const key = JSON.stringify([owner.kind, owner.name])
    const topOwner = owners.get(key) ?? ownerOf(cluster, owner, namespace)
    owners.set(key, topOwner)
    return topOwner
  }
  const observed = await allDone(
    pods.map(async ({ metadata }) => {
      const owner = controllerOf(metadata)
      const top = owner && (await topOf(owner))
      const controller = top && { apiVersion: top.apiVersion, kind: top.kind, name: top.name }
      return { name: metadata.name, of: { namespace, serviceAccount, ...(controller && { controller }) } }
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

/** Returns the controller, or undefined for a pod without a controller. */
function controllerOf(metadata: { readonly ownerReferences?: readonly OwnerReference[] | undefined } | undefined) {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true)
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
