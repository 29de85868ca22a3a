/**
 * What plan and drift have in common: both are the dry runs of a setup's steps, and their reports are made from what these
 * steps have recorded, whenever the operation is read.
 */
import * as z from 'zod/mini'
import { bucketUrl } from '../../clouds/google/bucket-url.ts'
import { displayName, refOf } from '../../clouds/kubernetes/object.ts'
import { awsClusterRef, awsNodePool } from '../../cluster/aws-cluster.ts'
import { operationError } from '../../errors/recorded.ts'
import { type StepItem, setupResult } from '../../operations/record.ts'
import { itemOf } from '../../ownership/ownership.ts'
import { mergedChanges } from '../../report/change.ts'
import { cluster, discovery, webhook, workload } from '../../spec/parts.ts'
import { realConfigurationRef } from '../../webhook/desired/configuration.ts'
import { ownSecretName, webhookName } from '../../webhook/desired/names.ts'

/** What the newest setup that went to its end has found and made: what a drift still knows of a cluster that is away. */
const known = z.object({
  facts: setupResult.shape.facts,
  providerArn: z.string(),
  installed: setupResult.shape.webhook,
  /** By `namespace/account`. */
  roleArns: z.record(z.string(), z.string()),
})

/** The input of the workflow `compare`. */
export const comparedRequest = z.object({
  cluster,
  discovery: z.optional(discovery),
  webhook,
  workloads: z.array(workload),
  adopt: z.boolean(),
  known: z.optional(known),
  /** Workloads of the cluster that no setup has brought to the end: `namespace/account`. */
  incomplete: z.optional(z.array(z.string())),
})

export type ComparedRequest = z.output<typeof comparedRequest>

/** The states of a setup that are run dry, in its order. */
export const comparedStates = [
  'CreateBucket',
  'ApplyCluster',
  'CheckCluster',
  'DeployWebhook',
  'ApproveCsr',
  'CheckWebhook',
  'ActivateWebhook',
  'RegisterOidc',
  'CreateRole',
  'BindKsa',
] as const

export type ComparedState = (typeof comparedStates)[number]

/** One step of a setup of this request, and what it has recorded if it was reached. */
export interface ComparedStep {
  readonly state: ComparedState
  readonly item?: string
  readonly recorded?: StepItem
  /** One for each object. */
  readonly changes: StepItem['changes']
}

export const failedComparison = z.extend(operationError, {
  notCompared: z.array(z.string()).check(z.describe('The objects of which nothing is known because of it')),
})

export type FailedComparison = z.output<typeof failedComparison>

/** All steps of a setup of this request, in its order. */
export function comparedSteps(request: ComparedRequest, steps: readonly StepItem[]): ComparedStep[] {
  return comparedStates.flatMap((state) =>
    itemsOf(request, state).map((item) => {
      const recorded = steps.find((step) => step.state === state && step.item === item)
      const changes = mergedChanges(recorded?.changes ?? [])
      return { state, ...(item !== undefined && { item }), ...(recorded && { recorded }), changes }
    }),
  )
}

/** Why the step could not look at its objects, or what writing one of them would end in. */
export function failuresOfStep(step: ComparedStep, request: ComparedRequest): FailedComparison[] {
  const { state, item, recorded, changes } = step
  const at = { step: state, ...(item !== undefined && { item }) }
  const refused = changes.flatMap((change) => (change.refused ? [{ ...change.refused, ...at, notCompared: [] }] : []))
  if (recorded?.status !== 'failed' || !recorded.error) return refused
  return [...refused, { ...recorded.error, ...at, notCompared: objectsOf(step, request) }]
}

/** The names of the objects that the step is there for, as its changes spell them where they are known beforehand. */
export function objectsOf({ state, item = '' }: ComparedStep, request: ComparedRequest): string[] {
  return objectsByState[state](request, item)
}

function itemsOf(request: ComparedRequest, state: ComparedState): (string | undefined)[] {
  if (state === 'CreateBucket') return request.discovery ? [undefined] : []
  if (state === 'ApplyCluster') return request.cluster.spec ? [undefined] : []
  if (state === 'CreateRole' || state === 'BindKsa') return request.workloads.map(itemOf)
  return isOfWebhook(state) && !installsWebhook(request) ? [] : [undefined]
}

function isOfWebhook(state: ComparedState): boolean {
  return ['DeployWebhook', 'ApproveCsr', 'CheckWebhook', 'ActivateWebhook'].includes(state)
}

function installsWebhook(request: ComparedRequest): boolean {
  return request.webhook.mode === 'install'
}

const objectsByState: Readonly<Record<ComparedState, (request: ComparedRequest, item: string) => string[]>> = {
  CreateBucket: ({ discovery }) =>
    discovery ? [bucketUrl(discovery.bucket), `IAM policy of ${bucketUrl(discovery.bucket)}`] : [],
  ApplyCluster: ({ cluster }) => {
    const place = { name: cluster.name, namespace: cluster.management?.namespace ?? 'default' }
    const pools = (cluster.nodePools ?? []).map((pool) => displayName(refOf(awsNodePool(place, pool))))
    return [displayName(awsClusterRef(place.name, place.namespace)), ...pools]
  },
  CheckCluster: ({ cluster }) => [`cluster ${cluster.name}`],
  DeployWebhook: webhookObjects,
  ApproveCsr: () => [],
  CheckWebhook: () => [],
  ActivateWebhook: () => [displayName(realConfigurationRef)],
  RegisterOidc: ({ known, cluster }) => [known?.providerArn ?? `OIDC provider of cluster ${cluster.name}`],
  CreateRole: ({ known, workloads }, item) => {
    const role = workloads.find((each) => itemOf(each) === item)?.role.name
    return [known?.roleArns[item] ?? `IAM role ${role}`]
  },
  BindKsa: (_, item) => [`ServiceAccount ${item}`],
}

/** Before the cluster's version is known, the objects that one way of getting the certificate alone needs are left out. */
function webhookObjects({ webhook: { namespace, certificate }, known }: ComparedRequest): string[] {
  const mode = known?.installed.mode ?? certificate
  const own = (kind: string) => displayName({ kind, namespace, name: webhookName })
  return [
    displayName({ kind: 'Namespace', name: namespace }),
    own('ServiceAccount'),
    displayName({ kind: 'ClusterRole', name: webhookName }),
    displayName({ kind: 'ClusterRoleBinding', name: webhookName }),
    ...(mode === 'csr' ? [own('Role'), own('RoleBinding')] : []),
    own('Service'),
    own('PodDisruptionBudget'),
    ...(mode === 'own-ca' ? [displayName({ kind: 'Secret', namespace, name: ownSecretName })] : []),
    own('Deployment'),
  ]
}
