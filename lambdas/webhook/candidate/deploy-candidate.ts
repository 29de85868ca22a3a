import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { ConcurrentChange } from '../../errors/step-errors.ts'
import { apply } from '../../objects/apply.ts'
import { connectToCluster } from '../../objects/connect.ts'
import { applyStages, planStages } from '../../objects/stages.ts'
import { recordCandidate } from '../../operations/record/cluster-record.ts'
import { isOurs, type LabelledMetadata } from '../../ownership/kubernetes.ts'
import type { Change } from '../../report/change.ts'
import type { Webhook } from '../../spec/setup-request.ts'
import type { StepRun } from '../../steps/contract.ts'
import { kubernetesMinorOf } from '../../steps/facts-of.ts'
import { step } from '../../steps/step.ts'
import { clusterSettingsOf } from '../cluster-settings.ts'
import { chooseWebhook, type InstalledChoice } from '../desired/choose.ts'
import { adoptedConfiguration, type ExistingConfiguration, realConfigurationRef } from '../desired/configuration.ts'
import { installedFor } from '../desired/installed.ts'
import { webhookName } from '../desired/names.ts'
import { webhookIn } from '../recorded.ts'
import { candidateStages } from './candidate.ts'
import { description } from './deploy-candidate.step.ts'
import { previousWebhook } from './trial.ts'

/**
 * Deploys the requested webhook as the candidate beside the webhook in use. The candidate has its own names, and only
 * its canary's pods are sent to it. The webhook in use does not change, except that a manually created configuration is
 * adopted. DeployWebhook has checked that the webhook in use can be changed.
 *
 * @throws {ConcurrentChange} when the webhook in use was removed meanwhile
 * @throws {OwnershipConflict} when another owner has an object with one of the candidate's names
 */
export const run: StepRun<typeof description> = async ({ target, webhook, adopt }, context) => {
  const { cluster: clusterName, signal, status } = context
  const cluster = await connectToCluster(target, signal)
  const { namespace } = webhook
  const observed = await observe(cluster, namespace)
  const kubernetesMinor = kubernetesMinorOf(context)
  const recorded = webhookIn(status, clusterName)?.installed
  const previous = previousWebhook(observed, recorded, { namespace, kubernetesMinor })
  const candidate = installedFor(webhook, { ...choiceFor(webhook, kubernetesMinor), mode: 'own-ca' })
  const stages = await candidateStages(cluster, candidate, clusterSettingsOf(context))
  const options = { adopt: false, hasNamespace: true }
  const plans = await planStages(cluster, stages, options)
  await recordCandidate(clusterName, true, status)
  const adopted = adopt ? await adoptConfiguration(cluster, observed.configuration, namespace) : []
  // Plans are valid only until the next write, and the adoption is a write.
  const plansNow = adopted.length > 0 ? await planStages(cluster, stages, options) : plans
  const created = await applyStages(cluster, stages, { ...options, plans: plansNow })
  return { output: { candidate, ...(previous && { previous }) }, changes: [...adopted, ...created] }
}

export const handler = step(description, run)

async function observe(cluster: ClusterClient, namespace: string) {
  const [configuration, deployment] = await Promise.all([
    cluster.get(realConfigurationRef),
    cluster.get({ apiVersion: 'apps/v1', kind: 'Deployment', name: webhookName, namespace }),
  ])
  if (configuration && deployment) return { configuration, deployment }
  throw new ConcurrentChange({
    object: `Deployment ${namespace}/${webhookName}`,
    reason: 'the webhook was removed before the setup could change it',
    action: 'Find out who removed the webhook, and send the request again',
  })
}

function choiceFor(webhook: Webhook, kubernetesMinor: number): InstalledChoice {
  const result = chooseWebhook(webhook, kubernetesMinor)
  if ('choice' in result && 'image' in result.choice) return result.choice
  throw new Error('there is a candidate, but no webhook can be chosen for this request')
}

/** A configuration that is already ours does not change before the candidate has passed its check. */
async function adoptConfiguration(
  cluster: ClusterClient,
  configuration: ExistingConfiguration & { readonly metadata?: LabelledMetadata },
  namespace: string,
): Promise<readonly Change[]> {
  if (isOurs(configuration.metadata, cluster.owner)) return []
  return [await apply(cluster, adoptedConfiguration(configuration, namespace), { adopt: true })]
}
