import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'

type Manifest = Readonly<Record<string, unknown>>

/** Writes the files that the commands of the tests use. */
export async function writeManifests(directory: string): Promise<void> {
  const files: Record<string, readonly Manifest[]> = {
    'namespace.yaml': [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }],
    'created.yaml': created,
    'wrong-name.yaml': [{ ...created[0], metadata: { name: 'Wrong' } }],
    'reviews.yaml': reviews,
    'applied.yaml': [settings('1'), deployment(1)],
    'changed.yaml': [settings('2'), deployment(2)],
    'unknown-field.yaml': [{ ...settings('1'), metadata: { name: 'coloured' }, colour: 'blue' }],
    'wrong-type.yaml': [{ ...settings('1'), metadata: { name: 'wrong' }, data: 'text' }],
    'wrong-value.yaml': [{ ...settings('1'), metadata: { name: 'wrong' }, data: { level: true } }],
    'invalid.yaml': [{ ...deployment(1), metadata: { name: 'Not_A_Name' } }],
    'owned.yaml': [{ ...settings('3') }],
    'webhook.yaml': [webhook],
    'request.yaml': [await certificateRequest(directory)],
    'cluster.yaml': [awsCluster],
    'pool.yaml': [nodePool],
    'invalid-cluster.yaml': [{ ...awsCluster, spec: { region: 'eu-west-1' } }],
  }
  for (const [name, manifests] of Object.entries(files)) {
    const text = manifests.map((manifest) => stringify(manifest)).join('---\n')
    await writeFile(path.join(directory, name), text)
  }
}

/** The namespace of the objects. */
export const namespace = 'compared'

const rbac = 'rbac.authorization.k8s.io'
const anna = { apiGroup: rbac, kind: 'User', name: 'anna' }
const labels = { app: 'web' }

const created: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'b' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { a: 'b' } },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name: 'reader' },
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'reader' },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'reader' },
    subjects: [
      anna,
      { apiGroup: rbac, kind: 'Group', name: 'staff' },
      { kind: 'ServiceAccount', name: 'reader', namespace },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: namespace },
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['keys'], verbs: ['get'] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: namespace },
    subjects: [anna],
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: {
      selector: labels,
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'https', port: 443, targetPort: 'https' },
      ],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] } },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: labels }, minAvailable: '50%' },
  },
]

/** Access reviews for anna, who has both roles. */
const reviews: readonly Manifest[] = [
  { namespace, verb: 'list', resource: 'pods' },
  { namespace, verb: 'delete', resource: 'pods' },
  { namespace, verb: 'get', resource: 'secrets', name: 'keys' },
  { namespace, verb: 'get', resource: 'pods', subresource: 'log' },
].map((resourceAttributes) => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes },
}))

function settings(level: string): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data: { level, same: 'as ever' } }
}

function deployment(replicas: number): Manifest {
  const labels = { app: 'applied' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'applied', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'registry.example/applied:1',
              ports: [{ containerPort: 8080, name: 'http' }],
              env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'applied', key: 'level' } } }],
            },
          ],
        },
      },
    },
  }
}

const webhook: Manifest = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'described' },
  webhooks: [
    {
      name: 'described.example.com',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
      objectSelector: { matchLabels: { mutate: 'never' } },
      clientConfig: { service: { namespace: 'default', name: 'nowhere' } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
  ],
}

async function certificateRequest(directory: string): Promise<Manifest> {
  const file = path.join(directory, 'request.pem')
  const key = path.join(directory, 'key.pem')
  const words = ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-subj', '/CN=anna', '-out', file]
  await promisify(execFile)('openssl', words)
  const { stdout } = await promisify(execFile)('openssl', ['req', '-in', file])
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'asked' },
    spec: {
      request: Buffer.from(stdout).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    },
  }
}

const multicloud = 'multicloud.cluster.gke.io/v1'

const awsCluster: Manifest = {
  apiVersion: multicloud,
  kind: 'AWSCluster',
  metadata: { name: 'prod', namespace: 'default' },
  spec: {
    region: 'eu-west-1',
    networking: {
      vpcID: 'vpc-1',
      podAddressCIDRBlocks: ['10.2.0.0/16'],
      serviceAddressCIDRBlocks: ['10.1.0.0/16'],
      serviceLoadBalancerSubnetIDs: ['subnet-1'],
    },
    controlPlane: {
      version: '1.20.9-gke.300',
      subnetIDs: ['subnet-1'],
      iamInstanceProfile: 'control-plane',
      databaseEncryption: { kmsKeyARN: 'arn:aws:kms:eu-west-1:000000000000:key/1' },
      workloadIdentity: { oidcDiscoveryGCSBucket: 'issuers' },
    },
  },
}

const nodePool: Manifest = {
  apiVersion: multicloud,
  kind: 'AWSNodePool',
  metadata: { name: 'pool', namespace: 'default' },
  spec: {
    clusterName: 'prod',
    version: '1.20.9-gke.300',
    region: 'eu-west-1',
    subnetID: 'subnet-1',
    minNodeCount: 1,
    maxNodeCount: 3,
    instanceType: 't3.medium',
    iamInstanceProfile: 'nodes',
  },
}
