import type * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { attemptAll } from '../errors/attempts.ts'
import { NotYetConsistent } from '../errors/step-errors.ts'
import { connectForRemoval } from '../objects/connect.ts'
import { releaseObject, removeNamespace, removeObject, withConflictRetries } from '../objects/remove.ts'
import { expectedClusterToRemove } from '../operations/record/own-cluster.ts'
import {
  annotationsOnlyOurs,
  type Content,
  deletedAccounts,
  objectOwnershipOf,
  otherManagers,
} from '../ownership/kubernetes-removal.ts'
import type { Change } from '../report/change.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { podGroups, podsOf } from './pod-groups.ts'
import { description } from './unbind-ksa.step.ts'

type Input = z.output<typeof description.input>

/** Prefix of all annotations that the webhook reads from an account. */
const webhookAnnotations = 'eks.amazonaws.com/'

/**
 * Removes the role from the workload's service account. Deletes the account if we created it and no other manager owns
 * a field of it. Otherwise removes only the fields that we alone own. Deletes an empty namespace that we created.
 */
export const run: StepRun<typeof description> = async (request, { dryRun, signal, status }) => {
  const { accounts, workload } = request
  const { namespace } = workload
  const cluster = await connectForRemoval(request.target, expectedClusterToRemove(status), signal)
  const account = await unbind(cluster, workload, dryRun)
  const deletedContents = (contents: readonly Content[]) =>
    deletedAccounts(contents, accounts, { owner: cluster.owner, dryRun })
  // The account stays unbound if its namespace cannot be deleted.
  const { done, remaining } = await attemptAll([removeNamespace(cluster, namespace, { dryRun, deletedContents })])
  const leaving = done.flatMap((one) => one.leaving)
  if (leaving.length > 0) throw stillLeaving(namespace, leaving)
  const users = dryRun ? await usersOf(cluster, workload) : {}
  return { output: { remaining, ...users }, changes: [...account, ...done.flatMap(({ changes }) => changes)] }
}

export const handler = step(description, run)

function unbind(
  cluster: ClusterClient,
  { namespace, serviceAccount: name }: Input['workload'],
  dryRun: boolean,
): Promise<Change[]> {
  const ref = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name } as const
  return withConflictRetries(async () => {
    const live = await cluster.get(ref)
    const others = otherManagers(live)
    const staysAsOthers = objectOwnershipOf(live?.metadata, cluster.owner) === 'ours' && others.length > 0
    if (!live || !(staysAsOthers || objectOwnershipOf(live.metadata, cluster.owner) === 'adopted'))
      return removeObject(cluster, ref, dryRun)
    const annotations = annotationsOnlyOurs(live, webhookAnnotations)
    const change = await releaseObject(cluster, ref, live, { dryRun, annotations })
    return [staysAsOthers ? { ...change, detail: staysFor(others) } : change]
  })
}

/** Returns the pods that run with the account. They retain the role until their sessions end. */
async function usersOf(cluster: ClusterClient, workload: Input['workload']) {
  const pods = await podsOf(cluster, workload)
  return { pods: await podGroups(cluster, workload, pods ?? []), podsSeen: pods !== undefined }
}

function staysFor(others: readonly string[]): string {
  return `it loses our marks and annotations, and stays, because it has fields of other field managers: ${others.slice(0, 5).join(', ')}`
}

/** Up to Kubernetes 1.23, an account has a token in a Secret, which is deleted a moment after the account. */
function stillLeaving(namespace: string, names: readonly string[]): NotYetConsistent {
  return new NotYetConsistent({
    object: `Namespace ${namespace}`,
    reason: `Kubernetes has not yet deleted the objects of its accounts: ${names.slice(0, 5).join(', ')}`,
    action: 'Do nothing unless it recurs: the step checks again',
  })
}
