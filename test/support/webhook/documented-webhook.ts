import { expect } from 'vitest'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { type KubeObject, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send } from '../kubernetes/api-requests.ts'
import { clientOf, writeAs } from '../kubernetes/clusters.ts'
import { missingNow } from '../kubernetes/pod-load.ts'

const name = 'pod-identity-webhook'
const rbac = 'rbac.authorization.k8s.io'

/** The manifest of the documented procedure. `caPem` is the cluster's. */
export function documentedManifest(namespace: string, caPem: string): readonly Manifest[] {
  const metadata = { name, namespace }
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
        { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'update', 'patch'], resourceNames: [name] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [
        { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'watch', 'list'] },
        {
          apiGroups: ['certificates.k8s.io'],
          resources: ['certificatesigningrequests'],
          verbs: ['create', 'get', 'list', 'watch'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects,
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            serviceAccountName: name,
            containers: [
              {
                name,
                image: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
                imagePullPolicy: 'Always',
                command: [
                  '/webhook',
                  '--in-cluster',
                  `--namespace=${namespace}`,
                  '--service-name=pod-identity-webhook',
                  '--tls-secret=pod-identity-webhook',
                  '--annotation-prefix=eks.amazonaws.com',
                  '--token-audience=sts.amazonaws.com',
                  '--logtostderr',
                ],
                volumeMounts: [{ name: 'webhook-certs', mountPath: '/var/run/app/certs', readOnly: false }],
              },
            ],
            volumes: [{ name: 'webhook-certs', emptyDir: {} }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        ...metadata,
        annotations: { 'prometheus.io/port': '443', 'prometheus.io/scheme': 'https', 'prometheus.io/scrape': 'true' },
      },
      spec: { ports: [{ port: 443, targetPort: 443 }], selector: { app: name } },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1beta1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: 'pod-identity-webhook.amazonaws.com',
          failurePolicy: 'Ignore',
          clientConfig: {
            service: { name, namespace, path: '/mutate' },
            caBundle: Buffer.from(caPem).toString('base64'),
          },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        },
      ],
    },
  ]
}

const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const patience = { timeout: 60_000, interval: 50 }

/**
 * Runs `kubectl apply` of the manifest, and `kubectl certificate approve` of the request, and waits until pods of the service
 * account of pod-load.ts get their role.
 */
export async function installByHand(cluster: Cluster, namespace: string, image?: string): Promise<void> {
  for (const manifest of documentedManifest(namespace, cluster.caPem)) {
    await writeAs(cluster, 'kubectl-client-side-apply', withImage(withoutSideEffects(manifest), image))
  }
  await expect.poll(() => cluster.objects('CertificateSigningRequest').length, patience).toBe(1)
  for (const request of cluster.objects('CertificateSigningRequest')) await approve(cluster, request)
  await expect.poll(() => missingNow(clientOf(cluster)), patience).toEqual([])
}

async function approve(cluster: Cluster, request: KubeObject): Promise<void> {
  const condition = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'approved by hand' }
  const body = { ...request, apiVersion: 'certificates.k8s.io/v1', status: { conditions: [condition] } }
  const { code } = await send(cluster, `PUT ${requests}/${request.metadata.name}/approval`, { body })
  expect(code).toBe(200)
}

/** The document lacks `sideEffects`. The API server would refuse every dry run of a pod. */
export function withoutSideEffects(manifest: Manifest): Manifest {
  if (manifest.kind !== 'MutatingWebhookConfiguration') return manifest
  return { ...manifest, webhooks: objectsIn(manifest.webhooks).map((webhook) => ({ ...webhook, sideEffects: 'None' })) }
}

function withImage(manifest: Manifest, image: string | undefined): Manifest {
  if (image === undefined || manifest.kind !== 'Deployment') return manifest
  return JSON.parse(JSON.stringify(manifest), (key, value) => (key === 'image' ? image : value))
}
