import { AttachRolePolicyCommand, CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam'
import { project } from '../../../../sandbox/google/project.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { iamClient } from '../aws-clients.ts'
import type { System } from '../system.ts'
import { kubectlApply } from './kubectl.ts'

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

/** Creates, for each kind of object that setups create, one of another owner with a similar name. */
export async function makeLookAlikes(system: System, name: string, cluster?: Cluster): Promise<void> {
  await Promise.all([atAws(system, name), atGoogle(system, name), onManagement(system, name)])
  if (cluster) await inCluster(cluster)
}

async function atAws(system: System, name: string): Promise<void> {
  const iam = iamClient(system)
  const policy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
  for (const [RoleName, Path] of [
    [`${name}-by-hand`, '/workload-identity/'],
    [`${name}-elsewhere`, '/'],
  ] as const) {
    await iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trust }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: policy }))
  }
  const provider = { Url: `https://oidc.${name}.example.com/other`, ThumbprintList: ['0'.repeat(40)] }
  await iam.send(new CreateOpenIDConnectProviderCommand({ ...provider, ClientIDList: ['sts.amazonaws.com'] }))
  iam.destroy()
}

async function atGoogle({ sandbox }: System, name: string): Promise<void> {
  const { buckets } = sandbox.google
  const bucket = `${name}-discovery-2`
  await buckets.insert(project.administrator, project.id, bucket, { location: 'EU', labels: { 'managed-by': 'us' } })
  const object = { body: Buffer.from('{}'), contentType: 'application/json', cacheControl: undefined }
  await buckets.putObject(project.administrator, bucket, 'gke-issuer-1/openid/v1/jwks', object)
}

function onManagement({ sandbox }: System, name: string): Promise<void> {
  return kubectlApply(sandbox.kubernetes.management, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-pool`, namespace: 'default' },
  })
}

async function inCluster(cluster: Cluster): Promise<void> {
  const alike = 'pod-identity-webhook-2'
  const rbac = 'rbac.authorization.k8s.io'
  const namespaced = { name: 'pod-identity-webhook', namespace: 'kube-public' }
  for (const manifest of [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: alike }, rules: [] },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: alike },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: alike },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: alike },
    },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: namespaced, rules: [] },
    { apiVersion: 'v1', kind: 'Secret', metadata: { ...namespaced, name: 'pod-identity-webhook-tls' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: namespaced },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's3-reader', namespace: 'kube-public' } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'workload-identity-webhook-2' } },
  ]) {
    await kubectlApply(cluster, manifest)
  }
}
