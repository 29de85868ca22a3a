/** The fields of a request that the wizard shows, their steps, and their schemas. */
import type { Kind } from '../../../../client/request/kinds.ts'

/** The path of a field without list indices, such as `workloads.role.name`. */
export type FieldName = (typeof fieldNames)[number]

const always = ['cluster.name', 'cluster.connection', 'cluster.credentialsSecretArn'] as const
const behindProxies = ['cluster.proxyUrl'] as const

/** The fields that a request has only with a direct connection. */
export const ofDirectConnection: readonly string[] = ['cluster.credentialsSecretArn', 'cluster.proxyUrl']

const seldom = ['cluster.awsAccountId', 'cluster.readyTimeoutMinutes'] as const
const management = [
  'cluster.management.credentialsSecretArn',
  'cluster.management.namespace',
  'cluster.management.proxyUrl',
] as const
const ofAnthos = [...always, ...management, ...behindProxies, ...seldom, 'reconcile'] as const

const ofCluster = {
  'private-issuer': [...always, 'discovery.acceptRefusedTokens', ...behindProxies, ...seldom, 'reconcile'],
  'public-issuer': [...always, 'cluster.issuerUrl', ...behindProxies, ...seldom, 'reconcile'],
  'gke-on-aws': ofAnthos,
  'new-gke-on-aws': ofAnthos,
} as const satisfies Readonly<Record<Kind, readonly string[]>>

export const network = [
  'cluster.spec.region',
  'cluster.spec.networking.vpcID',
  'cluster.spec.networking.podAddressCIDRBlocks',
  'cluster.spec.networking.serviceAddressCIDRBlocks',
] as const

export const controlPlane = [
  'cluster.spec.controlPlane.version',
  'cluster.spec.controlPlane.instanceType',
  'cluster.spec.controlPlane.subnetIDs',
  'cluster.spec.controlPlane.iamInstanceProfile',
  'cluster.spec.controlPlane.databaseEncryption.kmsKeyARN',
  'cluster.spec.controlPlane.keyName',
] as const

export const nodePool = [
  'cluster.nodePools.name',
  'cluster.nodePools.spec.subnetID',
  'cluster.nodePools.spec.minNodeCount',
  'cluster.nodePools.spec.maxNodeCount',
  'cluster.nodePools.spec.instanceType',
  'cluster.nodePools.spec.iamInstanceProfile',
  'cluster.nodePools.spec.keyName',
] as const

export const bucket = [
  'discovery.bucket',
  'discovery.projectId',
  'discovery.location',
  'discovery.managementServiceAccount',
] as const

export const workload = [
  'workloads.namespace',
  'workloads.serviceAccount',
  'workloads.role.policyArns',
  'workloads.role.inlinePolicy',
  'workloads.role.name',
  'workloads.role.maxSessionSeconds',
] as const

/** The fields of a webhook that a setup installs. */
export const ofInstalled = [
  'webhook.failurePolicy',
  'webhook.certificate',
  'webhook.image',
  'webhook.namespace',
] as const

const webhook = ['webhook.mode', ...ofInstalled, 'adopt'] as const

export const fieldNames = [
  ...ofCluster['private-issuer'],
  'cluster.issuerUrl',
  ...management,
  ...network,
  ...controlPlane,
  ...nodePool,
  ...bucket,
  ...workload,
  ...webhook,
] as const

export type StepName = 'kind' | 'cluster' | 'creation' | 'workloads' | 'webhook' | 'review'

/** The steps in order. Only a cluster that the setup creates has the step `creation`. */
export function stepsOf(kind: Kind): readonly StepName[] {
  const creation = kind === 'new-gke-on-aws' ? (['creation'] as const) : []
  return ['kind', 'cluster', ...creation, 'workloads', 'webhook', 'review']
}

export function fieldsOf(step: StepName, kind: Kind): readonly FieldName[] {
  const fields: Readonly<Record<StepName, readonly FieldName[]>> = {
    kind: [],
    cluster: ofCluster[kind],
    creation: [...network, ...controlPlane, ...nodePool, ...bucket],
    workloads: workload,
    webhook,
    review: [],
  }
  return fields[step]
}

export interface FieldLocation {
  readonly step: StepName
  /** The path of the displayed field. */
  readonly path: string
}

/** The step and field that show a path of the request. All paths `workloads.0.role.policyArns.N` are in one field. */
export function locationOf(path: string, kind: Kind): FieldLocation | undefined {
  const parts = path.split('.')
  for (let length = parts.length; length > 0; length -= 1) {
    if (isIndex(parts[length - 1])) continue
    const candidate = parts.slice(0, length).join('.')
    const name = nameOf(candidate)
    const step = stepsOf(kind).find((each) => fieldsOf(each, kind).some((field) => field === name))
    if (step) return { step, path: candidate }
  }
  return undefined
}

/** The field at a path with list indices. */
export function nameOf(path: string): FieldName | undefined {
  const plain = path
    .split('.')
    .filter((part) => !isIndex(part))
    .join('.')
  return fieldNames.find((name) => name === plain)
}

function isIndex(part: string | undefined): boolean {
  return /^\d+$/.test(part ?? '')
}
