/** Which objects of a webhook of ours are removed, and in which order. */
import { X509Certificate } from 'node:crypto'
import type { ObjectRef } from '../clouds/kubernetes/object.ts'
import type { ObjectOwnership } from '../ownership/kubernetes-removal.ts'
import type { SecretData } from './certificate/certificate.ts'
import type { CertificateRequest } from './certificate/csr.ts'
import { canaryConfigurationRef, candidateConfigurationRef, realConfigurationRef } from './desired/configuration.ts'
import {
  canaryName,
  candidateName,
  commonName,
  ownSecretName,
  secretNameOf,
  webhookName,
  webhookUser,
} from './desired/names.ts'

const rbac = 'rbac.authorization.k8s.io/v1'

/** These are removed first. While they exist, pods are sent to the webhook. */
export const configurationRefs = [realConfigurationRef, candidateConfigurationRef, canaryConfigurationRef] as const

export function deploymentRef(namespace: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: webhookName, namespace } as const
}

/**
 * The cluster-wide objects of setups, without the configurations. All webhooks of the cluster share them.
 */
export const sharedRefs = [
  { apiVersion: rbac, kind: 'ClusterRoleBinding', name: webhookName },
  { apiVersion: rbac, kind: 'ClusterRole', name: webhookName },
] as const

/** The objects of setups in the webhook's namespace. The caller ignores those that do not exist. */
export function partsIn(namespace: string, disruptionBudgets: string): readonly ObjectRef[] {
  const inNamespace = (apiVersion: string, kind: string, ...names: readonly string[]) =>
    names.map((name) => ({ apiVersion, kind, name, namespace }))
  return [
    ...inNamespace('apps/v1', 'Deployment', webhookName, candidateName),
    ...inNamespace(disruptionBudgets, 'PodDisruptionBudget', webhookName),
    ...inNamespace('v1', 'Service', webhookName, candidateName),
    ...inNamespace(rbac, 'RoleBinding', webhookName),
    ...inNamespace(rbac, 'Role', webhookName),
    ...inNamespace('v1', 'Secret', ownSecretName, secretNameOf(candidateName)),
    ...inNamespace('v1', 'ServiceAccount', webhookName, canaryName, candidateName),
  ]
}

/** What was observed of a webhook in one of the namespaces where we may have installed one. */
export interface ObservedDeployment {
  readonly namespace: string
  /** Undefined when there is no Deployment. */
  readonly ownership: ObjectOwnership | undefined
}

export interface ObservedConfiguration {
  readonly ownership: ObjectOwnership
  /** Namespace of the webhook that the configuration calls; undefined when it calls a URL or nothing. */
  readonly namespace: string | undefined
}

/** What a teardown keeps: it is somebody else's, or somebody else's webhook needs it. */
export interface Staying {
  /** Namespaces whose webhook stays as a whole. */
  readonly namespaces: readonly string[]
  readonly configurations: boolean
  /** Whether the cluster-wide objects stay. */
  readonly shared: boolean
}

/**
 * A webhook stays when somebody else made its configuration or its Deployment, or has taken one of them over. That
 * owner then needs the parts that we made.
 */
export function stayingOf(
  configuration: ObservedConfiguration | undefined,
  deployments: readonly ObservedDeployment[],
): Staying {
  const isTheirs = (ownership: ObjectOwnership | undefined) => ownership !== undefined && ownership !== 'ours'
  const calls = configuration?.namespace
  const theirs = isTheirs(configuration?.ownership)
  const namespaces = deployments
    .filter(({ namespace, ownership }) => isTheirs(ownership) || (theirs && (calls ?? namespace) === namespace))
    .map(({ namespace }) => namespace)
  const configurations = theirs || (calls !== undefined && namespaces.includes(calls))
  return { namespaces, configurations, shared: theirs || namespaces.length > 0 }
}

/** Names of all certificate requests that the webhook of the namespace has made, in any state. */
export function requestsOf(requests: readonly CertificateRequest[], namespace: string): readonly string[] {
  const own = requests.filter(({ spec }) => spec.username === webhookUser(namespace))
  return own.flatMap(({ metadata }) => metadata?.name ?? [])
}

/**
 * Whether a Secret without ownership labels holds a certificate for the webhook, however old. Only the webhook can
 * have stored it there.
 */
export function isOfWebhook(data: SecretData | undefined, namespace: string): boolean {
  const pem = Buffer.from(data?.['tls.crt'] ?? '', 'base64')
  try {
    return new X509Certificate(pem).subjectAltName?.split(', ').includes(`DNS:${commonName(namespace)}`) ?? false
  } catch {
    return false
  }
}
