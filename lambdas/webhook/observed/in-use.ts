/** Detects whether the webhook is already in use, because then no canary is needed to test it. */

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
 * Whether the webhook mutates a pod of the oldest annotated service account, which the webhook must know by now. True
 * if no annotated account exists, because a canary has tested the webhook before the configuration was written.
 */
export async function mutatesPodOfOldestAccount(cluster: ClusterClient, { namespace }: OwnWebhook): Promise<boolean> {
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
    // Either failurePolicy is Fail and the webhook cannot be called, or an unrelated rule of the namespace, such as a
    // quota, rejects the pod. The test with the canary shows the reason.
    if (error instanceof StepError) return false
    throw error
  }
}

/**
 * In a dry run, the reason why a setup would use a canary. Undefined if the setup would use none. `not in use`: no pods
 * are sent to the webhook yet. `not mutating`: the webhook does not mutate pods. While a rollout is incomplete or
 * DeployWebhook has pending writes, the result is not `not mutating`: the end of the rollout, or the writes, should
 * repair the webhook.
 */
export async function plannedCanary(
  cluster: ClusterClient,
  webhook: OwnWebhook,
): Promise<'not in use' | 'not mutating' | undefined> {
  if (!(await willBeInUse(cluster, webhook))) return 'not in use'
  if (webhook.pending || (await rolloutReason(cluster, webhook))) return undefined
  return (await mutatesPodOfOldestAccount(cluster, webhook)) ? undefined : 'not mutating'
}

/**
 * Whether pods already go to the webhook when the setup tests it: the configuration is ours or will be adopted, and
 * trusts the webhook's certificate.
 */
async function willBeInUse(cluster: ClusterClient, webhook: OwnWebhook): Promise<boolean> {
  const { newAuthority, adoption } = webhook.pending ?? {}
  const configuration = await cluster.get(realConfigurationRef)
  if (!configuration || newAuthority !== undefined) return false
  if (!isOurs(configuration.metadata, cluster.owner) && adoption === undefined) return false
  const existing: ExistingConfiguration = configuration
  return trustsExactly(existing, await authoritiesOf(cluster, webhook))
}
