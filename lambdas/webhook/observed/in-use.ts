/** Whether the webhook is already in use. Then no canary is needed to try it out. */

import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { StepError } from '../../errors/step-errors.ts'
import { isOurs } from '../../ownership/kubernetes.ts'
import { kubernetesOwnership, manager } from '../../ownership/labels.ts'
import { type ExistingConfiguration, realConfigurationRef, trustsExactly } from '../desired/configuration.ts'
import type { OwnWebhook } from '../desired/installed.ts'
import { missingFromPod, proofPod } from '../desired/proof-pod.ts'
import { oldestServed } from './served-accounts.ts'
import { authoritiesOf, rolloutReason } from './webhook.ts'

/**
 * Whether a pod comes out mutated, when the webhook has had time to learn of its account. Without any account there is
 * nothing to mutate and nothing to check. The configuration was written only after a canary had passed.
 */
export async function mutatesItsPods(cluster: ClusterClient, { namespace }: OwnWebhook): Promise<boolean> {
  const accounts = await cluster.list(
    { apiVersion: 'v1', kind: 'ServiceAccount' },
    { labelSelector: `${kubernetesOwnership.managedByLabel}=${manager}`, limit: 100 },
  )
  const oldest = oldestServed(accounts, namespace)
  if (!oldest) return true
  try {
    const pod = await cluster.create(proofPod(oldest), { dryRun: true })
    return missingFromPod(pod, oldest.roleArn).length === 0
  } catch (error) {
    // Either failurePolicy is Fail and the webhook cannot be called, or a rule of the namespace, such as a quota,
    // refuses the pod. This setup may have nothing to do with that rule. The canary finds out which it is.
    if (error instanceof StepError) return false
    throw error
  }
}

/**
 * In a dry run: why a setup would try the webhook out with a canary; undefined when it would not. Either no pods are
 * sent to the webhook yet, or they come back unmutated. When DeployWebhook would still write something, that is taken
 * to repair the second case.
 */
export async function plannedCanary(
  cluster: ClusterClient,
  webhook: OwnWebhook,
): Promise<'not in use' | 'not mutating' | undefined> {
  if (!(await willBeInUse(cluster, webhook))) return 'not in use'
  if (webhook.pending || (await rolloutReason(cluster, webhook))) return undefined
  return (await mutatesItsPods(cluster, webhook)) ? undefined : 'not mutating'
}

/** Whether a configuration exists that a setup would leave as it is until it has tried the webhook. */
async function willBeInUse(cluster: ClusterClient, webhook: OwnWebhook): Promise<boolean> {
  const { newAuthority, adoption } = webhook.pending ?? {}
  const configuration = await cluster.get(realConfigurationRef)
  if (!configuration || newAuthority !== undefined) return false
  if (!isOurs(configuration.metadata, cluster.owner) && adoption === undefined) return false
  const existing: ExistingConfiguration = configuration
  return trustsExactly(existing, await authoritiesOf(cluster, webhook))
}
