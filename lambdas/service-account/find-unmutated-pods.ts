import { allDone } from '../errors/attempts.ts'
import { connectToCluster } from '../objects/connect.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './find-unmutated-pods.step.ts'
import { podGroups, podsIn } from './pod-groups.ts'
import { isUnmutated, rolesOf } from './unmutated.ts'

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
  const unmutated = await podGroups(cluster, pods)
  return { output: { unmutated, unseen }, changes: [] }
}

export const handler = step(description, run)
