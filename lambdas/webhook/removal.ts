/** The objects of webhooks that a teardown removes or retains, and the order of the removal. */
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

/** The configurations are removed first, because the API server sends pods to the webhook while they exist. */
export const configurationRefs = [realConfigurationRef, candidateConfigurationRef, canaryConfigurationRef] as const

export function deploymentRef(namespace: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: webhookName, namespace } as const
}

/** The cluster-scoped objects that setups create, except the configurations. All webhooks of the cluster share them. */
export const sharedRefs = [
  { apiVersion: rbac, kind: 'ClusterRoleBinding', name: webhookName },
  { apiVersion: rbac, kind: 'ClusterRole', name: webhookName },
] as const

/** The objects that setups create in the webhook's namespace. Some of them may not exist. */
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

/** The webhook's Deployment in a namespace where a setup may have installed the webhook. */
export interface ObservedDeployment {
  readonly namespace: string
  /** Undefined if no Deployment exists. */
  readonly ownership: ObjectOwnership | undefined
}

export interface ObservedConfiguration {
  readonly ownership: ObjectOwnership
  /** Namespace of the webhook that the configuration calls. Undefined if it calls a URL or nothing. */
  readonly namespace: string | undefined
}

/** The objects that a teardown retains, because the webhook is foreign or adopted. */
export interface Staying {
  /** Namespaces in which all objects of the webhook are retained. */
  readonly namespaces: readonly string[]
  readonly configurations: boolean
  /** Whether the cluster-scoped objects are retained. */
  readonly shared: boolean
}

/**
 * Retains a webhook whose configuration or Deployment is foreign or adopted, because this webhook also needs the other
 * objects that setups created.
 */
export function stayingOf(
  configuration: ObservedConfiguration | undefined,
  deployments: readonly ObservedDeployment[],
): Staying {
  const isForeignOrAdopted = (ownership: ObjectOwnership | undefined) => ownership !== undefined && ownership !== 'ours'
  const calledNamespace = configuration?.namespace
  const theirs = isForeignOrAdopted(configuration?.ownership)
  const namespaces = deployments
    .filter(
      ({ namespace, ownership }) =>
        isForeignOrAdopted(ownership) || (theirs && (calledNamespace ?? namespace) === namespace),
    )
    .map(({ namespace }) => namespace)
  const configurations = theirs || (calledNamespace !== undefined && namespaces.includes(calledNamespace))
  return { namespaces, configurations, shared: theirs || namespaces.length > 0 }
}

/** Names of all certificate requests that the webhook of the namespace has created, in any state. */
export function requestsOf(requests: readonly CertificateRequest[], namespace: string): readonly string[] {
  const own = requests.filter(({ spec }) => spec.username === webhookUser(namespace))
  return own.flatMap(({ metadata }) => metadata?.name ?? [])
}

/** Whether a Secret has a certificate for the webhook, even an expired one: the webhook has stored this Secret. */
export function isOfWebhook(data: SecretData | undefined, namespace: string): boolean {
  const pem = Buffer.from(data?.['tls.crt'] ?? '', 'base64')
  try {
    return new X509Certificate(pem).subjectAltName?.split(', ').includes(`DNS:${commonName(namespace)}`) ?? false
  } catch {
    return false
  }
}
