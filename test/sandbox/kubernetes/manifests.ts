import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { at, type JsonObject, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { generateKeys } from '../../../sandbox/network/certificates.ts'
import { apply, send } from './support.ts'

export const namespace = 'wh'
export const name = 'pod-identity-webhook'
export const oldImage = 'amazon/amazon-eks-pod-identity-webhook:ed8c41f'
export const newImage = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'

const base64 = (text: string) => Buffer.from(text).toString('base64')

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames?: string[]): JsonObject => ({
  apiGroups,
  resources,
  verbs,
  ...(resourceNames ? { resourceNames } : {}),
})

/** Creates the namespace, the service account and the RBAC of the documented manifest. */
export async function installAccount(cluster: Cluster): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  const object = (kind: string, fields: JsonObject) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name },
    ...fields,
  })
  const roleRef = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name })
  await apply(cluster, `/api/v1/namespaces/${namespace}`, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  })
  await apply(cluster, `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name },
  })
  const secrets = [rule([''], ['secrets'], ['create']), rule([''], ['secrets'], ['get', 'update', 'patch'], [name])]
  await apply(cluster, `${rbac}/namespaces/${namespace}/roles/${name}`, object('Role', { rules: secrets }))
  const roleBinding = object('RoleBinding', { subjects, roleRef: roleRef('Role') })
  await apply(cluster, `${rbac}/namespaces/${namespace}/rolebindings/${name}`, roleBinding)
  const rules = [
    rule([''], ['serviceaccounts'], ['get', 'watch', 'list']),
    rule(['certificates.k8s.io'], ['certificatesigningrequests'], ['create', 'get', 'list', 'watch']),
  ]
  await apply(cluster, `${rbac}/clusterroles/${name}`, object('ClusterRole', { rules }))
  const binding = object('ClusterRoleBinding', { subjects, roleRef: roleRef('ClusterRole') })
  await apply(cluster, `${rbac}/clusterrolebindings/${name}`, binding)
}

export interface WebhookOptions {
  readonly image: string
  readonly args: readonly string[]
  readonly replicas?: number
  readonly container?: JsonObject
  readonly pod?: JsonObject
}

export const deploymentPath = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`

/** Creates the webhook's Deployment, with the Secret `certs` mounted, and its Service. */
export async function installWebhook(cluster: Cluster, options: WebhookOptions): Promise<void> {
  const labels = { app: name }
  const container: JsonObject = {
    name,
    image: options.image,
    command: ['/webhook', ...options.args],
    volumeMounts: [{ name: 'certs', mountPath: '/etc/webhook/certs', readOnly: true }],
    ...options.container,
  }
  const spec = {
    serviceAccountName: name,
    containers: [container],
    volumes: [{ name: 'certs', secret: { secretName: 'certs' } }],
    ...options.pod,
  }
  await apply(cluster, deploymentPath, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: options.replicas ?? 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
    },
  })
  await apply(cluster, `/api/v1/namespaces/${namespace}/services/${name}`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: labels, ports: [{ port: 443, targetPort: 443 }] },
  })
}

export function putCertificate(cluster: Cluster, pair: { key: string; certificate: string }) {
  return apply(cluster, `/api/v1/namespaces/${namespace}/secrets/certs`, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'certs' },
    data: { 'tls.crt': base64(pair.certificate), 'tls.key': base64(pair.key) },
  })
}

/** Creates the configuration through which the API server calls the webhook. */
export function activate(cluster: Cluster, caPem: string, webhook: JsonObject = {}, version = 'v1') {
  const path = `/apis/admissionregistration.k8s.io/${version}/mutatingwebhookconfigurations/${name}`
  return apply(cluster, path, {
    apiVersion: `admissionregistration.k8s.io/${version}`,
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.amazonaws.com`,
        clientConfig: { service: { name, namespace, path: '/mutate' }, caBundle: base64(caPem) },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1beta1'],
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [namespace] }],
        },
        ...webhook,
      },
    ],
  })
}

export function annotate(cluster: Cluster, annotations: Record<string, string>) {
  const metadata = {
    name: 'reader',
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`eks.amazonaws.com/${key}`, value]),
    ),
  }
  return apply(cluster, '/api/v1/namespaces/default/serviceaccounts/reader', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
  })
}

/** Creates a pod of the service account `reader` as a dry run, and returns it after admission. */
export function dryRunPod(cluster: Cluster, spec: JsonObject = {}, metadata: JsonObject = {}) {
  return send(cluster, 'POST /api/v1/namespaces/default/pods?dryRun=All', {
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', ...metadata },
      spec: { serviceAccountName: 'reader', containers: [{ name: 'main', image: 'busybox:1' }], ...spec },
    },
  })
}

export function environmentOf(pod: JsonObject, index = 0): Record<string, unknown> {
  const container = objectsIn(at(pod, 'spec', 'containers'))[index]
  return Object.fromEntries(objectsIn(container?.env).map(({ name: key, value }) => [String(key), value]))
}

export function deploymentCondition(cluster: Cluster, type: string): JsonObject | undefined {
  const deployment = cluster.store.get('Deployment', name, namespace)
  return objectsIn(at(deployment, 'status', 'conditions')).find((condition) => condition.type === type)
}

export function isAvailable(cluster: Cluster): boolean {
  const deployment = cluster.store.get('Deployment', name, namespace)
  const isSeen = at(deployment, 'status', 'observedGeneration') === deployment?.metadata.generation
  return (
    isSeen &&
    deploymentCondition(cluster, 'Available')?.status === 'True' &&
    deploymentCondition(cluster, 'Progressing')?.reason === 'NewReplicaSetAvailable'
  )
}

/** A value of `spec.request` of a CertificateSigningRequest. */
export async function requestText() {
  const keys = await generateKeys()
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=somebody',
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  return Buffer.from(csr.toString('pem')).toString('base64')
}
