/** Whether the webhook is in use already, and needs no canary to be tried out. */

import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { StepError } from '../../errors/step-errors.ts'
import { isOurs } from '../../ownership/kubernetes.ts'
import { kubernetesMarks, manager } from '../../ownership/labels.ts'
import { type ExistingConfiguration, realConfigurationRef, trustsExactly } from '../desired/configuration.ts'
import type { OwnWebhook } from '../desired/installed.ts'
import { missingFromPod, proofPod } from '../desired/proof-pod.ts'
import { oldestServed } from './served-accounts.ts'
import { authoritiesOf, rolloutWaiting } from './webhook.ts'

/**
 * Whether a pod comes out mutated of an account that the webhook has had time to learn of. Without any account there is
 * nothing to mutate, and nothing to find out: the configuration came after a canary that passed.
 */
export async function mutatesItsPods(cluster: ClusterClient, { namespace }: OwnWebhook): Promise<boolean> {
  const accounts = await cluster.list(
    { apiVersion: 'v1', kind: 'ServiceAccount' },
    { labelSelector: `${kubernetesMarks.managedByLabel}=${manager}`, limit: 100 },
  )
  const oldest = oldestServed(accounts, namespace)
  if (!oldest) return true
  try {
    const pod = await cluster.create(proofPod(oldest), { dryRun: true })
    return missingFromPod(pod, oldest.roleArn).length === 0
  } catch (error) {
    // A webhook that cannot be called, with failurePolicy Fail; or a rule of a namespace that this setup may have nothing to do
    // with, such as a quota. The canary finds out which.
    if (error instanceof StepError) return false
    throw error
  }
}

/**
 * In a dry run, whether a setup would try the webhook out by a canary: one that no pods are sent to yet, or that pods are
 * sent to and come back from un-mutated. What DeployWebhook would still write is taken to mend the latter.
 */
export async function plannedCanary(
  cluster: ClusterClient,
  webhook: OwnWebhook,
): Promise<'not in use' | 'not mutating' | undefined> {
  if (!(await willBeInUse(cluster, webhook))) return 'not in use'
  if (webhook.pending || (await rolloutWaiting(cluster, webhook))) return undefined
  return (await mutatesItsPods(cluster, webhook)) ? undefined : 'not mutating'
}

/** Whether there is a configuration that a setup would leave as it is until it has tried the webhook. */
async function willBeInUse(cluster: ClusterClient, webhook: OwnWebhook): Promise<boolean> {
  const { newAuthority, adoption } = webhook.pending ?? {}
  const configuration = await cluster.get(realConfigurationRef)
  if (!configuration || newAuthority !== undefined) return false
  if (!isOurs(configuration.metadata) && adoption === undefined) return false
  const existing: ExistingConfiguration = configuration
  return trustsExactly(existing, await authoritiesOf(cluster, webhook))
}
