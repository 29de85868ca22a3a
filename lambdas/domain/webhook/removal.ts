/** What of a webhook of ours is taken away, and in which order. */
import { X509Certificate } from 'node:crypto'
import type { ObjectRef } from '../kubernetes/object.ts'
import type { Standing } from '../kubernetes/removal.ts'
import type { SecretData } from './certificate.ts'
import { canaryConfigurationRef, nextConfigurationRef, realConfigurationRef } from './configuration.ts'
import type { CertificateRequest } from './csr.ts'
import { canaryName, commonName, nextName, ownSecretName, secretNameOf, webhookName, webhookUser } from './names.ts'

const rbac = 'rbac.authorization.k8s.io/v1'

/** First of all: while they are there, pods are sent to the webhook. */
export const configurationRefs = [realConfigurationRef, nextConfigurationRef, canaryConfigurationRef] as const

export function deploymentRef(namespace: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: webhookName, namespace } as const
}

/** Everything else that setups and upgrades make; what is not there is passed over. */
export function partsOf(namespace: string, disruptionBudgets: string): readonly ObjectRef[] {
  const inNamespace = (apiVersion: string, kind: string, ...names: readonly string[]) =>
    names.map((name) => ({ apiVersion, kind, name, namespace }))
  return [
    ...inNamespace('apps/v1', 'Deployment', webhookName, nextName),
    ...inNamespace(disruptionBudgets, 'PodDisruptionBudget', webhookName),
    ...inNamespace('v1', 'Service', webhookName, nextName),
    ...inNamespace(rbac, 'RoleBinding', webhookName),
    ...inNamespace(rbac, 'Role', webhookName),
    { apiVersion: rbac, kind: 'ClusterRoleBinding', name: webhookName },
    { apiVersion: rbac, kind: 'ClusterRole', name: webhookName },
    ...inNamespace('v1', 'Secret', ownSecretName, secretNameOf(nextName)),
    ...inNamespace('v1', 'ServiceAccount', webhookName, canaryName, nextName),
  ]
}

/**
 * Whether the webhook stays: somebody else made its configuration or its Deployment, or has taken one over. Whatever of it we
 * made is then needed by him.
 */
export function staysWhole(configuration: Standing | undefined, deployment: Standing | undefined): boolean {
  return [configuration, deployment].some((standing) => standing !== undefined && standing !== 'ours')
}

/** Names of the requests that the webhook has made for its certificates, whatever became of them. */
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
