import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { allDone } from '../errors/attempts.ts'
import { AccessDenied } from '../errors/step-errors.ts'
import { connectToCluster } from '../objects/connect.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './find-unmutated-pods.step.ts'
import {
  accountOf,
  controllerOf,
  isUnmutated,
  type ObservedPod,
  type OwnerReference,
  rolesOf,
  type UnmutatedPods,
} from './unmutated.ts'

/** More groups do not help a reader, and the size of a table item is limited. */
const maxGroups = 200
const maxNames = 10

/**
 * Finds the pods that use an account with a role but run without that role. They were made while no webhook served
 * them, or before their account had its annotation. Writes nothing. Namespaces whose pods may not be listed are named
 * in `unseen`. They do not fail the step, because the webhook is already in use.
 */
export const run: StepRun<typeof description> = async ({ target, installed }, { signal }) => {
  if (!('image' in installed)) return { output: { unmutated: [], unseen: [] }, changes: [] }
  const cluster = await connectToCluster(target, signal)
  const roles = rolesOf(await cluster.list({ apiVersion: 'v1', kind: 'ServiceAccount' }), installed.namespace)
  const namespaces = [...new Set([...roles.keys()].map((account) => account.split('/')[0] ?? ''))].sort()
  const lists = await allDone(namespaces.map((namespace) => podsIn(cluster, namespace)))
  const unseen = namespaces.filter((_, index) => lists[index] === undefined)
  const pods = lists.flatMap((list) => list ?? []).filter((pod) => isUnmutated(pod, roles))
  const unmutated = (await groups(cluster, pods)).slice(0, maxGroups)
  return { output: { unmutated, unseen }, changes: [] }
}

export const handler = step(description, run)

async function podsIn(cluster: ClusterClient, namespace: string): Promise<readonly ObservedPod[] | undefined> {
  try {
    return await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace })
  } catch (error) {
    if (error instanceof AccessDenied) return undefined
    throw error
  }
}

async function groups(cluster: ClusterClient, pods: readonly ObservedPod[]): Promise<UnmutatedPods[]> {
  const owners = new Map<string, Promise<OwnerReference>>()
  const topOf = (owner: OwnerReference, namespace: string) => {
    const key = JSON.stringify([namespace, owner.kind, owner.name])
    const asked = owners.get(key) ?? ownerOf(cluster, owner, namespace)
    owners.set(key, asked)
    return asked
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
  return [...byOwner.values()].flatMap(([first, ...more]) => {
    if (!first) return []
    const names = [first, ...more].map(({ name }) => name).sort()
    return [{ ...first.of, pods: names.slice(0, maxNames), count: names.length }]
  })
}

/**
 * The Deployment of a ReplicaSet, because only the Deployment can be restarted. Any other owner is given back as it is.
 */
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
