import type * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../clouds/kubernetes/object.ts'
import { allDone } from '../errors/attempts.ts'
import { type Explanation, Unsupported } from '../errors/step-errors.ts'
import { fieldsOf } from '../objects/apply.ts'
import { connectToCluster } from '../objects/connect.ts'
import { credentialsAhead } from '../objects/credentials-ahead.ts'
import { applyStages, compareStages, type Plans, planStages, type Stages } from '../objects/stages.ts'
import { recordActivated, recordWebhookNamespace } from '../operations/record/cluster-record.ts'
import type { Assessment } from '../operations/record/condition.ts'
import { isOurs, type LabelledMetadata } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'
import type { Webhook } from '../spec/setup-request.ts'
import type { StepContext, StepResult, StepRun } from '../steps/contract.ts'
import { factsOf, kubernetesMinorOf } from '../steps/facts-of.ts'
import { step } from '../steps/step.ts'
import { plannedCandidate } from './candidate/candidate.ts'
import { needsTrial, reasonNotToAdopt } from './candidate/trial.ts'
import { type CertificatePem, certificateDigest, validityOf } from './certificate/certificate.ts'
import { keepOrMake } from './certificate/make.ts'
import { type ClusterSettings, clusterSettingsOf } from './cluster-settings.ts'
import { type Deployed, description } from './deploy-webhook.step.ts'
import { chooseWebhook, reasonAgainstEks, type WebhookChoice } from './desired/choose.ts'
import {
  configurationMeanwhile,
  type ExistingConfiguration,
  namespaceOf,
  realConfigurationRef,
} from './desired/configuration.ts'
import { installedFor, type OwnWebhook } from './desired/installed.ts'
import {
  certificateSecretManifest,
  clusterRoleBindingManifest,
  clusterRoleManifest,
  deploymentManifest,
  disruptionBudgetManifest,
  namespaceManifest,
  roleBindingManifest,
  roleManifest,
  serviceAccountManifest,
  serviceManifest,
} from './desired/manifest.ts'
import { ownSecretName, webhookName } from './desired/names.ts'
import { reasonAgainstFail } from './desired/selectors.ts'
import { pendingOf, withoutCertificateValues } from './observed/pending.ts'
import { waitForPropagation } from './propagation.ts'

type Input = z.output<typeof description.input>

/** The state of the webhook before the first write. */
interface Observed {
  /** Whether the webhook's namespace exists. Outside of a dry run, the namespace is not read, and this is false. */
  readonly hasNamespace: boolean
  readonly configuration: (ExistingConfiguration & { readonly metadata?: LabelledMetadata }) | undefined
  readonly certificate: Readonly<Record<string, string>> | undefined
  /** In own-ca mode: whether an earlier webhook in csr mode has left its Role behind. */
  readonly hasRole: boolean
  readonly disruptionBudgets: string
}

interface Parts {
  readonly webhook: OwnWebhook
  readonly observed: Observed
  readonly clusterWide: ClusterWide
}

/** The manifests that do not depend on the observed state. */
interface ClusterWide {
  readonly own: Manifest
  readonly role: Manifest
  readonly binding: Manifest
}

/** The desired certificate of the webhook, its authorities, and the settings that depend on the cluster. */
interface Desired extends ClusterSettings {
  /** PEM of the authorities that the API server has to trust for the webhook. */
  readonly authorities: string
  /** In own-ca mode: the existing certificate, or a new one. */
  readonly certificate?: CertificatePem
}

/**
 * Installs the webhook without the configuration that sends pods to it, because the webhook is tested first. The modes
 * `managed` and `none` read and install nothing. In these modes, Verify detects whether pods are mutated.
 *
 * If a webhook is in use, a changed or adopted webhook may have to be tested beside it first ({@link needsTrial}). Then
 * nothing is written, and the output has `trial`.
 *
 * @throws {Unsupported} before the first write: on EKS; when the image does not suit the Kubernetes version; when the
 *   webhook is installed in another namespace; when the names of a manually created webhook prevent its adoption; when
 *   failurePolicy Fail would apply to kube-system
 * @throws {OwnershipConflict} when another owner has one of the objects
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const { cluster: clusterName, signal, dryRun, status } = context
  const choice = choiceFor(request.webhook, context)
  if (!('image' in choice)) {
    if (!dryRun) await recordActivated(clusterName, choice, status)
    return { output: choice, changes: [], assessment: notInstalled(choice) }
  }
  const webhook = installedFor(request.webhook, choice)
  const cluster = await connectToCluster(request.target, signal)
  const clusterWide = clusterWideOf(webhook)
  const [observed, plansBefore] = await allDone([
    observe(cluster, request, { mode: webhook.mode, dryRun, disruptionBudgets: disruptionBudgetsOf(context) }),
    dryRun ? noPlans : planClusterWide(cluster, clusterWide, request.adopt),
  ])
  const parts = { webhook, observed, clusterWide }
  const desired = { ...(await certified(cluster, parts)), ...clusterSettingsOf(context) }
  if (dryRun) return plan(cluster, request, { ...parts, desired })
  const beside = status.webhookCandidate === true && { beside: true as const }
  const output: Deployed = { ...webhook, ...validityIn(desired), ...beside }
  const stages = stagesOf(desired, parts)
  const options = { adopt: request.adopt, hasNamespace: plansBefore.get(clusterWide.own)?.action !== 'created' }
  const plans = await planStages(cluster, stages, options, plansBefore)
  if (needsTrial(observed.configuration, plannedDeployment(plans), cluster.owner)) {
    return { output: { ...output, trial: true }, changes: [] }
  }
  const changes = await applyStages(cluster, stages, {
    ...options,
    plans,
    beforeWriting: () => recordWebhookNamespace(clusterName, webhook.namespace, status),
    afterStage: (applied) => waitForPropagation(applied, signal),
  })
  return { output, changes }
}

export const handler = step(description, run, (input, signal) =>
  input.webhook.mode === 'install' ? credentialsAhead(input, signal) : undefined,
)

function validityIn({ certificate }: Desired): Pick<OwnWebhook, 'certificate'> {
  return certificate ? { certificate: validityOf(certificate.certificate) } : {}
}

function notInstalled({ mode }: WebhookChoice): Assessment {
  return { status: 'True', reason: 'NotInstalled', message: `webhook.mode is ${mode}` }
}

function plannedDeployment(plans: Plans) {
  const [manifest, plan] = [...plans].find(([{ kind }]) => kind === 'Deployment') ?? []
  return manifest && plan && { action: plan.action, fields: fieldsOf(plan) }
}

function choiceFor(webhook: Webhook, context: StepContext): WebhookChoice {
  const result = chooseWebhook(webhook, kubernetesMinorOf(context))
  if ('refused' in result) throw new Unsupported(result.refused)
  if ('image' in result.choice) refuse(reasonAgainstEks(factsOf(context).issuerUrl))
  return result.choice
}

function refuse(explanation: Explanation | undefined): void {
  if (explanation) throw new Unsupported(explanation)
}

async function observe(
  cluster: ClusterClient,
  { webhook, adopt }: Input,
  {
    mode,
    dryRun,
    disruptionBudgets,
  }: Pick<OwnWebhook, 'mode'> & Pick<StepContext, 'dryRun'> & Pick<Observed, 'disruptionBudgets'>,
): Promise<Observed> {
  const { namespace } = webhook
  const isOwn = mode === 'own-ca'
  const [own, system, configuration, secret, role] = await Promise.all([
    dryRun && cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    webhook.failurePolicy === 'Fail' && cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }),
    cluster.get(realConfigurationRef),
    isOwn && cluster.get({ apiVersion: 'v1', kind: 'Secret', name: ownSecretName, namespace }),
    isOwn && cluster.get({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: webhookName, namespace }),
    // Starts the API discovery early, because the plan needs the resource name of PodDisruptionBudgets.
    cluster.serves(disruptionBudgets, 'PodDisruptionBudget'),
  ])
  if (system !== false) refuse(reasonAgainstFail(system?.metadata?.labels))
  if (configuration && adopt && !isOurs(configuration.metadata, cluster.owner)) refuse(reasonNotToAdopt(configuration))
  refuse(refuseMove(configuration, namespace))
  return {
    hasNamespace: Boolean(own),
    configuration,
    certificate: (secret || undefined)?.data,
    hasRole: Boolean(role),
    disruptionBudgets,
  }
}

/** policy/v1 contains PodDisruptionBudgets since Kubernetes 1.21. */
function disruptionBudgetsOf(context: StepContext): string {
  return kubernetesMinorOf(context) >= 21 ? 'policy/v1' : 'policy/v1beta1'
}

const noPlans: Promise<Plans> = Promise.resolve(new Map())

function clusterWideOf({ namespace, mode }: OwnWebhook): ClusterWide {
  return {
    own: namespaceManifest(namespace),
    role: clusterRoleManifest(mode),
    binding: clusterRoleBindingManifest(namespace),
  }
}

/** Plans the manifests that need no observed state, so that it can run in parallel with `observe`. */
function planClusterWide(cluster: ClusterClient, clusterWide: ClusterWide, adopt: boolean): Promise<Plans> {
  return planStages(cluster, [Object.values(clusterWide)], { adopt, hasNamespace: true })
}

/**
 * Rejects a move to another namespace. The API server would call the webhook there, and the ClusterRoleBinding would
 * name the account there, so that the old webhook would remain without rights.
 */
function refuseMove(configuration: ExistingConfiguration | undefined, namespace: string): Explanation | undefined {
  const installedIn = configuration && namespaceOf(configuration)
  if (installedIn === undefined || installedIn === namespace) return undefined
  return {
    object: `MutatingWebhookConfiguration ${webhookName}`,
    reason: `the webhook is installed in the namespace ${installedIn}, and a cluster can have only one webhook`,
    action: `Set webhook.namespace to ${installedIn}, or first remove the webhook from that namespace`,
  }
}

function isDeployment({ object }: Change): boolean {
  return object.startsWith('Deployment ')
}

async function certified(
  cluster: ClusterClient,
  { webhook, observed }: Parts,
): Promise<Pick<Desired, 'authorities' | 'certificate'>> {
  if (webhook.mode === 'csr') return { authorities: cluster.authorities }
  const certificate = await keepOrMake(observed.certificate, webhook.namespace, new Date())
  return { authorities: certificate.authority, certificate }
}

function stagesOf(
  { certificate, authorities, ...settings }: Desired,
  { webhook, observed, clusterWide }: Parts,
): Stages {
  const { namespace, mode } = webhook
  const needsRole = mode === 'csr' || observed.hasRole
  const secret = certificate ? [certificateSecretManifest(namespace, certificate)] : []
  const digest = certificate && { certificateDigest: certificateDigest(certificate.certificate) }
  return [
    [clusterWide.own, clusterWide.role],
    [
      serviceAccountManifest(namespace),
      clusterWide.binding,
      ...(needsRole ? [roleManifest(namespace, mode)] : []),
      serviceManifest(namespace),
      disruptionBudgetManifest(namespace, observed.disruptionBudgets),
      ...(observed.configuration
        ? [configurationMeanwhile(observed.configuration, { namespace, authorities })]
        : secret),
    ],
    needsRole ? [roleBindingManifest(namespace)] : [],
    // The API server must trust a new certificate before the pods serve with it.
    observed.configuration ? secret : [],
    [deploymentManifest({ ...webhook, ...settings, ...digest })],
  ]
}

/** Returns the result of a dry run. Omits a configuration of ours, because ActivateWebhook reports its final state. */
async function plan(
  cluster: ClusterClient,
  { webhook: { failurePolicy }, adopt }: Input,
  { desired, ...parts }: Parts & { readonly desired: Desired },
): Promise<StepResult<Deployed>> {
  const { webhook, observed } = parts
  const { namespace } = webhook
  const reported = isOurs(observed.configuration?.metadata, cluster.owner)
    ? { ...observed, configuration: undefined }
    : observed
  const stages = stagesOf(desired, { ...parts, observed: reported })
  const compared = await compareStages(cluster, stages, { adopt, hasNamespace: observed.hasNamespace })
  const { authorities, certificate } = desired
  const hasOwnCertificate = certificate !== undefined
  const { owner } = cluster
  const pending = pendingOf(observed, { namespace, authorities, failurePolicy, hasOwnCertificate, owner })
  const isTried = (change: Change) => {
    const fields = change.differences?.map(({ field }) => field) ?? []
    if (!isDeployment(change) || change.refused) return false
    return needsTrial(observed.configuration, { ...change, fields }, owner)
  }
  const shown = pending.newAuthority !== undefined ? compared.map(withoutCertificateValues) : compared
  const changes = shown.map((change) =>
    isTried(change) ? { ...change, detail: 'after a test of the new version beside the version in use' } : change,
  )
  const isDone = changes.every(({ action }) => action === 'unchanged')
  const candidate = changes.some(isTried) ? plannedCandidate(namespace) : []
  const output = { ...webhook, ...(isDone ? validityIn(desired) : { pending }) }
  return { output, changes: [...candidate, ...changes] }
}
