import type * as z from 'zod/mini'
import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { displayName } from '../../clouds/kubernetes/object.ts'
import { type Explanation, Unsupported } from '../../errors/step-errors.ts'
import { apply } from '../../objects/apply.ts'
import { connectToCluster } from '../../objects/connect.ts'
import { applyStages, compareStages, type Stages } from '../../objects/stages.ts'
import { recordWebhookNamespace } from '../../operations/cluster-record.ts'
import { isOurs, type LabelledMetadata, requireOursInCluster } from '../../ownership/kubernetes.ts'
import type { Change } from '../../report/change.ts'
import type { Webhook } from '../../spec/parts.ts'
import type { StepRun } from '../../steps/contract.ts'
import { factsOf, kubernetesMinorOf } from '../../steps/facts-of.ts'
import { step } from '../../steps/step.ts'
import { keepOrMake } from '../certificate/make.ts'
import { chooseWebhook, type InstalledChoice, refuseOnEks } from '../desired/choose.ts'
import {
  configurationTakenOver,
  type ExistingConfiguration,
  isSwitched,
  realConfigurationRef,
} from '../desired/configuration.ts'
import type { OwnWebhook } from '../desired/installed.ts'
import { deploymentManifest, digestIn } from '../desired/manifest.ts'
import { candidateName, replicas, secretNameOf, webhookName } from '../desired/names.ts'
import { refuseFail } from '../desired/selectors.ts'
import { type Served, servedOf } from '../served.ts'
import { candidateStages } from './candidate.ts'
import { description } from './deploy-candidate.step.ts'
import { needsTrial, previousWebhook, upgradableDeployment, upgradableIn } from './upgrade.ts'

type Input = z.output<typeof description.input>

/**
 * Puts up the requested webhook as the candidate beside the webhook in use. The candidate has names of its own, and
 * only its canary's pods are sent to it. The webhook in use does not change. Only a configuration that was made by hand
 * is adopted as it is.
 *
 * All errors are thrown before the first write.
 *
 * @throws {Unsupported} when there is no webhook, its names or its namespace differ, or the image cannot do what is
 *   requested
 * @throws {OwnershipConflict} when somebody else made the webhook and it is not adopted, or made any other object of these names
 * @throws {FieldConflict} when somebody has changed fields of the webhook
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const { cluster: clusterName, signal, status, dryRun } = context
  refuse(refuseOnEks(factsOf(context).issuerUrl))
  const cluster = await connectToCluster(request.target, signal)
  const observed = await observe(cluster, request)
  const { namespace } = observed
  const kubernetesMinor = kubernetesMinorOf(context)
  const webhook: Webhook = { ...request.webhook, namespace }
  const choice = choiceFor(webhook, kubernetesMinor)
  if (webhook.failurePolicy === 'Fail') await requireExempt(cluster)
  const served = servedOf(context)
  const previous = previousWebhook(observed, request.installed, { namespace, kubernetesMinor })
  const desired = await tryDeployment(cluster, observed, { ...choice, ...served, adopt: request.adopt })
  const trial = needsTrial(observed.configuration, desired, cluster.owner)
  const switched = isSwitched(observed.configuration)
  const candidate: OwnWebhook = { mode: 'own-ca', image: choice.image, namespace, replicas }
  const output = { trial, switched, candidate, webhook, ...(previous && { previous }) }
  if (!trial) return { output, changes: [] }
  const stages = await stagesOf(cluster, candidate, served)
  if (dryRun) return { output, changes: await plan(cluster, stages) }
  await recordWebhookNamespace(clusterName, namespace, status)
  const takenOver = await takeOverConfiguration(cluster, observed)
  const putUp = await applyStages(cluster, stages, { adopt: false, hasNamespace: true })
  return { output, changes: [...takenOver, ...putUp] }
}

export const handler = step(description, run)

function refuse(explanation: Explanation | undefined): void {
  if (explanation) throw new Unsupported(explanation)
}

async function observe(cluster: ClusterClient, { webhook, adopt }: Input) {
  const place = upgradableIn(await cluster.get(realConfigurationRef), webhook.namespace)
  if ('refused' in place) throw new Unsupported(place.refused)
  const { namespace, configuration } = place
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: webhookName, namespace } as const
  const served = upgradableDeployment(await cluster.get(ref), namespace)
  if ('refused' in served) throw new Unsupported(served.refused)
  const { deployment } = served
  const { owner } = cluster
  requireOursInCluster({ object: displayName(realConfigurationRef), metadata: configuration.metadata }, owner, adopt)
  requireOursInCluster({ object: displayName(ref), metadata: deployment.metadata }, owner, adopt)
  return { namespace, configuration, deployment }
}

function choiceFor(webhook: Webhook, kubernetesMinor: number): InstalledChoice {
  const result = chooseWebhook(webhook, kubernetesMinor)
  if ('refused' in result) throw new Unsupported(result.refused)
  if ('image' in result.choice) return result.choice
  throw new Error('an upgrade is for webhooks that are installed: the API takes care of it')
}

/**
 * Tries the Deployment with its present certificate. DeployWebhook rolls out another certificate, which needs no trial.
 */
function tryDeployment(
  cluster: ClusterClient,
  { namespace, deployment }: Awaited<ReturnType<typeof observe>>,
  { mode, image, adopt, ...served }: InstalledChoice & Served & { readonly adopt: boolean },
): Promise<Change> {
  const certificateDigest = mode === 'own-ca' ? digestIn(deployment) : undefined
  const parts = { namespace, mode, image, replicas, ...served }
  const manifest = deploymentManifest({ ...parts, ...(certificateDigest !== undefined && { certificateDigest }) })
  return apply(cluster, manifest, { adopt, dryRunOnly: true })
}

async function requireExempt(cluster: ClusterClient): Promise<void> {
  const system = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' })
  refuse(refuseFail(system?.metadata?.labels))
}

/** A configuration of ours does not change before the candidate has passed its check. */
async function takeOverConfiguration(
  cluster: ClusterClient,
  {
    configuration,
    namespace,
  }: { readonly configuration: ExistingConfiguration & { metadata?: LabelledMetadata }; readonly namespace: string },
): Promise<readonly Change[]> {
  if (isOurs(configuration.metadata, cluster.owner)) return []
  return [await apply(cluster, configurationTakenOver(configuration, namespace), { adopt: true })]
}

/** The dry run. The adoption of a configuration is reported by the dry run of DeployWebhook. */
async function plan(cluster: ClusterClient, stages: Stages): Promise<readonly Change[]> {
  const compared = await compareStages(cluster, stages, { adopt: false, hasNamespace: true })
  return compared.map((change) => ({ ...change, temporary: true }))
}

async function stagesOf(cluster: ClusterClient, { namespace, image }: OwnWebhook, served: Served): Promise<Stages> {
  const ref = { apiVersion: 'v1', kind: 'Secret', name: secretNameOf(candidateName), namespace } as const
  const certificate = await keepOrMake((await cluster.get(ref))?.data, namespace, new Date(), candidateName)
  return candidateStages({ namespace, image, certificate, ...served })
}
