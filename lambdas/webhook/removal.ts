/** What of a webhook of ours is taken away, and in which order. */
import { X509Certificate } from 'node:crypto'
import type { ObjectRef } from '../clouds/kubernetes/object.ts'
import type { Standing } from '../ownership/kubernetes-removal.ts'
import type { SecretData } from './certificate/certificate.ts'
import type { CertificateRequest } from './certificate/csr.ts'
import { canaryConfigurationRef, nextConfigurationRef, realConfigurationRef } from './desired/configuration.ts'
import {
  canaryName,
  commonName,
  nextName,
  ownSecretName,
  secretNameOf,
  webhookName,
  webhookUser,
} from './desired/names.ts'

const rbac = 'rbac.authorization.k8s.io/v1'

/** First of all: while they are there, pods are sent to the webhook. */
export const configurationRefs = [realConfigurationRef, nextConfigurationRef, canaryConfigurationRef] as const

export function deploymentRef(namespace: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: webhookName, namespace } as const
}

/** What setups and upgrades make in no namespace, the configurations aside: one for all webhooks of the cluster. */
export const sharedRefs = [
  { apiVersion: rbac, kind: 'ClusterRoleBinding', name: webhookName },
  { apiVersion: rbac, kind: 'ClusterRole', name: webhookName },
] as const

/** What they make in the webhook's namespace; what is not there is passed over. */
export function partsIn(namespace: string, disruptionBudgets: string): readonly ObjectRef[] {
  const inNamespace = (apiVersion: string, kind: string, ...names: readonly string[]) =>
    names.map((name) => ({ apiVersion, kind, name, namespace }))
  return [
    ...inNamespace('apps/v1', 'Deployment', webhookName, nextName),
    ...inNamespace(disruptionBudgets, 'PodDisruptionBudget', webhookName),
    ...inNamespace('v1', 'Service', webhookName, nextName),
    ...inNamespace(rbac, 'RoleBinding', webhookName),
    ...inNamespace(rbac, 'Role', webhookName),
    ...inNamespace('v1', 'Secret', ownSecretName, secretNameOf(nextName)),
    ...inNamespace('v1', 'ServiceAccount', webhookName, canaryName, nextName),
  ]
}

/** What is there of a webhook, in one of the namespaces where we may have put one. */
export interface FoundDeployment {
  readonly namespace: string
  /** Undefined when there is none. */
  readonly standing: Standing | undefined
}

export interface FoundConfiguration {
  readonly standing: Standing
  /** Where the webhook is that it calls; undefined when it calls a URL or nothing. */
  readonly namespace: string | undefined
}

/** What is somebody else's, or needed by what is. */
export interface Staying {
  /** Those whose webhook stays as a whole. */
  readonly namespaces: readonly string[]
  readonly configurations: boolean
  /** What is in no namespace. */
  readonly shared: boolean
}

/**
 * A webhook stays when somebody else made its configuration or its Deployment, or has taken one over. Whatever of it we made
 * is then needed by him.
 */
export function stayingOf(
  configuration: FoundConfiguration | undefined,
  deployments: readonly FoundDeployment[],
): Staying {
  const isTheirs = (standing: Standing | undefined) => standing !== undefined && standing !== 'ours'
  const calls = configuration?.namespace
  const theirs = isTheirs(configuration?.standing)
  const namespaces = deployments
    .filter(({ namespace, standing }) => isTheirs(standing) || (theirs && (calls ?? namespace) === namespace))
    .map(({ namespace }) => namespace)
  const configurations = theirs || (calls !== undefined && namespaces.includes(calls))
  return { namespaces, configurations, shared: theirs || namespaces.length > 0 }
}

/** Names of the requests that the webhook of the namespace has made for its certificates, whatever became of them. */
export function requestsOf(requests: readonly CertificateRequest[], namespace: string): readonly string[] {
  const own = requests.filter(({ spec }) => spec.username === webhookUser(namespace))
  return own.flatMap(({ metadata }) => metadata?.name ?? [])
}

/** Whether a Secret without a mark holds a certificate for the webhook, however old: the webhook has put it there. */
export function isOfWebhook(data: SecretData | undefined, namespace: string): boolean {
  const pem = Buffer.from(data?.['tls.crt'] ?? '', 'base64')
  try {
    return new X509Certificate(pem).subjectAltName?.split(', ').includes(`DNS:${commonName(namespace)}`) ?? false
  } catch {
    return false
  }
}
