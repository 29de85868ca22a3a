/** The webhook on a real cluster, with the manifests of the product, and pods that the API server sends to it. */
import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import * as manifests from '../../../../lambdas/webhook/desired/manifest.ts'
import { serverNames } from '../../../../lambdas/webhook/desired/names.ts'
import { ApiRefusal } from '../../../../sandbox/kubernetes/api-client.ts'
import { type ClusterAuthority, createClusterAuthority } from '../../../../sandbox/kubernetes/certificates.ts'
import {
  asString,
  at,
  type JsonObject,
  type KubeObject,
  objectsIn,
} from '../../../../sandbox/kubernetes/objects/objects.ts'
import { RealCluster } from '../../../../sandbox/kubernetes/real/cluster.ts'
import { until } from '../../../support/kubernetes/api-requests.ts'
import { minorOf } from '../../../support/kubernetes/clusters.ts'
import { peer } from '../../../support/kubernetes/kubernetes-peer.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

export const namespace = 'workload-identity-webhook'
export const name = 'pod-identity-webhook'
const newImage = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'
export const oldImage = 'amazon/amazon-eks-pod-identity-webhook:ed8c41f'

const deadlineMs = 60_000

/** Waits longer than the default of 10 s, because busy machines are slow. */
export const eventually = <T>(check: () => T | Promise<T>, what?: string) => until(check, what, deadlineMs)

export interface WebhookPods {
  readonly cluster: RealCluster
  readonly ca: ClusterAuthority
  /** Applies all objects of the product except the configuration. `container` overrides fields of the container. */
  install(parts?: Partial<manifests.DeploymentParts>, container?: JsonObject): Promise<void>
  /** Replaces the certificate by one of another authority. */
  replaceCertificate(): Promise<ClusterAuthority>
  /** Creates the configuration through which the API server calls the webhook. It fails closed. */
  activate(caPem: string): Promise<void>
  /** Creates a pod of an annotated account as a dry run. Returns the pod, or the API server's message. */
  dryRunPod(annotations?: Record<string, string>): Promise<JsonObject | string>
  deployment(): Promise<JsonObject>
  untilAvailable(): Promise<void>
  pods(): Promise<readonly KubeObject[]>
  events(): Promise<readonly string[]>
  /** Deletes the objects of a test, and waits for the end of the pods. */
  clear(): Promise<void>
  /** Ends all processes of the cluster, and starts it again. */
  restart(): Promise<void>
  close(): Promise<void>
}

const configurationPath = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`

export async function startWebhookPods(webhook?: string): Promise<WebhookPods> {
  if (!peer) throw new Error('this needs a real Kubernetes')
  const directory = await temporaryDirectory()
  const settings = { name: 'node', host: 'node.example.com', port: 443, issuer: 'https://node.example.com' }
  const options = { binaries: peer, directory: directory.path, ...(webhook === undefined ? {} : { webhook }) }
  let cluster = await RealCluster.create({ ...options, settings: { ...settings, isManagement: false } })
  const ca = await createClusterAuthority()
  const listed = async (kind: string) => cluster.objects(kind, namespace)
  const certificateOf = async (authority: ClusterAuthority) => {
    const { certificate, key } = await authority.issueServer(serverNames(namespace))
    return manifests.certificateSecretManifest(namespace, { certificate, key, authority: authority.caPem })
  }
  return {
    get cluster() {
      return cluster
    },
    ca,
    async install(changes = {}, container = {}) {
      const parts = {
        namespace,
        mode: 'own-ca',
        image: newImage,
        replicas: 1,
        region: 'eu-west-1',
        kubernetesMinor: minorOf(cluster),
        ...changes,
      } as const
      const objects = [
        manifests.namespaceManifest(namespace),
        manifests.serviceAccountManifest(namespace),
        manifests.roleManifest(namespace, parts.mode),
        manifests.roleBindingManifest(namespace),
        manifests.clusterRoleManifest(parts.mode),
        manifests.clusterRoleBindingManifest(namespace),
        manifests.serviceManifest(namespace),
        ...(parts.mode === 'own-ca' ? [await certificateOf(ca)] : []),
        annotatedAccount,
        withContainer(manifests.deploymentManifest(parts), container),
      ]
      for (const object of objects) await applyTo(cluster, object)
    },
    async replaceCertificate() {
      const other = await createClusterAuthority()
      await applyTo(cluster, await certificateOf(other))
      return other
    },
    async activate(caPem) {
      await cluster.api.call('PATCH', `${configurationPath}?${applied}`, configuration(caPem), applyType)
    },
    async dryRunPod(annotations = {}) {
      const pod = {
        metadata: { name: 'probe', annotations: { asked: 'yes', ...annotations } },
        spec: { serviceAccountName: 'reader', containers: [{ name: 'main', image: 'busybox:1' }] },
      }
      return cluster.api
        .call('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod)
        .catch((error: Error) => error.message)
    },
    deployment: () => cluster.api.call('GET', deploymentPath),
    async untilAvailable() {
      await eventually(async () => {
        const deployment = await cluster.api.call('GET', deploymentPath)
        const status = (field: string) => at(deployment, 'status', field) ?? 0
        const desired = at(deployment, 'spec', 'replicas')
        return (
          status('observedGeneration') === at(deployment, 'metadata', 'generation') &&
          ['replicas', 'updatedReplicas', 'availableReplicas'].every((field) => status(field) === desired)
        )
      }, 'the Deployment')
    },
    pods: () => listed('Pod'),
    events: async () => (await listed('Event')).map((event) => `${asString(event.reason)}: ${asString(event.message)}`),
    async clear() {
      const collections = [
        `/apis/apps/v1/namespaces/${namespace}/replicasets`,
        ...inNamespace('pods', 'events', 'secrets'),
      ]
      for (const each of [configurationPath, deploymentPath, ...collections]) {
        await cluster.api.call('DELETE', each).catch(ignoreMissing)
      }
      await eventually(async () => (await listed('Pod')).length === 0, 'the end of the pods')
    },
    async restart() {
      await cluster.close()
      cluster = await RealCluster.load(options)
    },
    async close() {
      await cluster.close()
      await directory.remove()
    },
  }
}

export const deploymentPath = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
const inNamespace = (...plurals: readonly string[]) => plurals.map((one) => `/api/v1/namespaces/${namespace}/${one}`)

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiRefusal && error.code === 404)) throw error
}

const applyType = 'application/apply-patch+yaml'
const applied = 'fieldManager=tester&force=true'

const annotatedAccount: Manifest = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {
    name: 'reader',
    namespace: 'default',
    annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::000000000000:role/reader' },
  },
}

function withContainer(deployment: Manifest, changes: JsonObject): Manifest {
  const copy = structuredClone(deployment)
  for (const container of objectsIn(at(copy, 'spec', 'template', 'spec', 'containers')))
    Object.assign(container, changes)
  return copy
}

async function applyTo({ api }: RealCluster, object: Manifest): Promise<void> {
  const { namespace: ofObject, name: own } = object.metadata
  const group = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`
  const collection = `${group}/${ofObject === undefined ? '' : `namespaces/${ofObject}/`}${object.kind.toLowerCase()}s`
  await api.call('PATCH', `${collection}/${own}?${applied}`, { ...object }, applyType)
}

function configuration(caPem: string): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.amazonaws.com`,
        clientConfig: {
          service: { name, namespace, path: '/mutate' },
          caBundle: Buffer.from(caPem).toString('base64'),
        },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1beta1'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
      },
    ],
  }
}
