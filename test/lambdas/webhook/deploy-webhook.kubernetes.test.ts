import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { OwnershipConflict } from '../../../lambdas/errors/step-errors.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { certificateDigest, validityOf } from '../../../lambdas/webhook/certificate/certificate.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { realConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import { certificateSecretManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { account } from '../../../sandbox/account.ts'
import { asObject, asString, at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { newOperation } from '../../support/api/operations.ts'
import { callsTo, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { servingCertificate } from '../../support/webhook/aged-certificate.ts'
import { documentedManifest } from '../../support/webhook/documented-webhook.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf, type WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

const ownCa = { certificate: 'own-ca' } as const

it('records the namespace of the webhook before its first write, and not for a refused request', async () => {
  expect(await recordOperation(newOperation({ cluster: 'prod' }))).toBe('recorded')
  const namespaces = async () => (await readCluster('prod'))?.cluster.status.webhookNamespaces
  const webhook = await clusters.start()
  const issuerUrl = 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC'
  await expect(webhook.deploy({ ...ownCa, issuerUrl })).rejects.toMatchObject({ name: 'Unsupported' })
  expect(await namespaces()).toBeUndefined()
  await webhook.deploy(ownCa)
  expect(await namespaces()).toEqual([webhook.namespace])
})

it('gives pods the region of their cluster, or the region of the deployment for a cluster without a region', async () => {
  const webhook = await clusters.start()
  const regions = async () => JSON.stringify(await deploymentOf(webhook)).match(/(?<=--aws-default-region=)[a-z0-9-]+/g)
  await webhook.deploy(ownCa)
  expect(await regions()).toEqual([account.region])
  await webhook.deploy({ ...ownCa, region: 'eu-north-1' })
  expect(await regions()).toEqual(['eu-north-1'])
})

interface Result {
  readonly changes?: readonly { readonly object: string; readonly action: string }[]
}

const actionsOf = ({ changes = [] }: Result) => [...new Set(changes.map(({ action }) => action))]
const differing = ({ changes = [] }: Result) => changes.filter(({ action }) => action !== 'unchanged')

type Location = Pick<WebhookCluster, 'cluster' | 'namespace'>

const webhookName = 'pod-identity-webhook'

/** Time of the only write to such a path, in milliseconds since the epoch. */
function writtenAt({ calls }: Location['cluster'], path: string): number {
  const writes = calls.all().filter(({ write, operation }) => write && operation.includes(path))
  expect(writes).toHaveLength(1)
  return writes[0]?.at ?? 0
}

const certificateOf = ({ cluster, namespace }: Location) => servingCertificate(cluster, namespace)
const deploymentOf = ({ cluster, namespace }: Location) =>
  objectIn(cluster, 'Deployment', { name: webhookName, namespace })
const rulesOf = async ({ cluster, namespace }: Location, kind: 'Role' | 'ClusterRole') =>
  (await objectIn(cluster, kind, { name: webhookName, ...(kind === 'Role' && { namespace }) }))?.rules

async function caBundleOf({ cluster }: Location): Promise<string> {
  const configuration = await objectIn(cluster, 'MutatingWebhookConfiguration', { name: webhookName })
  const [webhook] = Array.isArray(configuration?.webhooks) ? configuration.webhooks : []
  return Buffer.from(asString(at(webhook, 'clientConfig', 'caBundle')), 'base64').toString()
}

/** Applies our configuration with these CAs. */
async function activate(
  { client, namespace }: Pick<WebhookCluster, 'client' | 'namespace'>,
  authorities: string,
): Promise<void> {
  await apply(client, realConfiguration({ namespace, authorities }, 'Ignore'), { adopt: false })
}

describe('in mode own-ca', () => {
  it('installs everything but the configuration, and dry-runs each write once before', async () => {
    const webhook = await clusters.start()
    const { cluster, namespace, deploy } = webhook
    cluster.calls.clear()
    const result = await deploy(ownCa)
    const applies = callsTo(cluster).filter(({ operation }) => operation.startsWith('PATCH '))
    const dryRuns = applies.filter(({ write }) => !write).map(({ operation }) => operation)
    expect(dryRuns.toSorted()).toEqual(writesTo(cluster).toSorted())
    const readsOf = (path: string) => callsTo(cluster).filter(({ operation }) => operation === `GET ${path}`).length
    const own = `/api/v1/namespaces/${namespace}`
    const names = [own, '/apis/rbac.authorization.k8s.io/v1/clusterroles/pod-identity-webhook']
    const namespaced = ['serviceaccounts', 'services'].map((kind) => `${own}/${kind}/pod-identity-webhook`)
    expect([...names, ...namespaced].map(readsOf)).toEqual([1, 1, 1, 1])

    const { certificate, authority } = await certificateOf(webhook)
    expect(outputOf(result)).toEqual({
      mode: 'own-ca',
      image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
      namespace,
      replicas: 2,
      certificate: validityOf(certificate),
    })
    expect(result.changes?.map(({ object, action }) => `${action} ${object}`).toSorted()).toEqual([
      'created ClusterRole pod-identity-webhook',
      'created ClusterRoleBinding pod-identity-webhook',
      `created Deployment ${namespace}/pod-identity-webhook`,
      `created Namespace ${namespace}`,
      `created PodDisruptionBudget ${namespace}/pod-identity-webhook`,
      `created Secret ${namespace}/pod-identity-webhook-tls`,
      `created Service ${namespace}/pod-identity-webhook`,
      `created ServiceAccount ${namespace}/pod-identity-webhook`,
    ])
    expect(await cluster.objects('MutatingWebhookConfiguration')).toEqual([])
    const secret = await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })
    // The Secret has no key of the CA.
    expect(Object.keys(asObject(secret?.data)).toSorted()).toEqual(['ca.crt', 'tls.crt', 'tls.key'])
    expect(new X509Certificate(certificate).verify(new X509Certificate(authority).publicKey)).toBe(true)
    expect(authority.match(/BEGIN/g)).toHaveLength(1)
    expect(at(await deploymentOf(webhook), 'spec', 'template', 'metadata', 'annotations')).toEqual({
      'workload-identity/certificate': certificateDigest(certificate),
    })

    cluster.calls.clear()
    expect(actionsOf(await deploy(ownCa))).toEqual(['unchanged'])
    expect(writesTo(cluster)).toEqual([])
  })

  it.each([
    ['v1', 'Service'],
    ['apps/v1', 'Deployment'],
  ])('restores a deleted object of %s %s, and changes no other', async (apiVersion, kind) => {
    const webhook = await clusters.start()
    const { client, namespace, deploy } = webhook
    await deploy(ownCa)
    const { certificate } = await certificateOf(webhook)
    await client.delete({ apiVersion, kind, name: webhookName, namespace })
    expect(differing(await deploy(ownCa))).toMatchObject([{ object: `${kind} ${namespace}/pod-identity-webhook` }])
    expect((await certificateOf(webhook)).certificate).toBe(certificate)
  })
})

describe.each(versionsHere('1.20.9-gke.300', '1.21.14'))('on Kubernetes %s', (version) => {
  it('installs the documented image with the rights to request and store its certificate', async () => {
    const webhook = await clusters.start({ version })
    const { cluster, namespace, deploy } = webhook
    cluster.calls.clear()
    expect(outputOf(await deploy())).toMatchObject({
      mode: 'csr',
      image: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
    })
    // One discovery of the version of PodDisruptionBudgets.
    expect(callsTo(cluster).filter(({ operation }) => /^GET \/apis\/policy\/\w+$/.test(operation))).toHaveLength(1)
    expect(await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })).toBeUndefined()
    expect(await rulesOf(webhook, 'ClusterRole')).toHaveLength(2)
    expect(await rulesOf(webhook, 'Role')).toHaveLength(2)
    const [budget] = await cluster.objects('PodDisruptionBudget', namespace)
    expect(budget?.apiVersion).toMatch(/^policy\//)
    cluster.calls.clear()
    expect(actionsOf(await deploy())).toEqual(['unchanged'])
    expect(writesTo(cluster)).toEqual([])
  })

  it('removes the rights to request certificates when the mode changes to own-ca', async () => {
    const webhook = await clusters.start({ version })
    await webhook.deploy()
    await webhook.deploy(ownCa)
    expect(await rulesOf(webhook, 'ClusterRole')).toHaveLength(1)
    expect((await rulesOf(webhook, 'Role')) ?? []).toEqual([])
    expect(actionsOf(await webhook.deploy(ownCa))).toEqual(['unchanged'])
  })
})

describe('refuses before the first write', () => {
  it('a second namespace for the webhook', async () => {
    const { client, cluster, deploy } = await clusters.start()
    await activate({ client, namespace: 'elsewhere' }, 'no authority')
    cluster.calls.clear()
    await expect(deploy()).rejects.toMatchObject({
      name: 'Unsupported',
      action: expect.stringContaining('Set webhook.namespace to elsewhere'),
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('an object of another owner, even one that would be written last', async () => {
    const { cluster, deploy } = await clusters.start()
    const metadata = { name: 'pod-identity-webhook' }
    await writeAs(cluster, 'helm', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    })
    cluster.calls.clear()
    const error: unknown = await deploy().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OwnershipConflict)
    expect(error).toMatchObject({ object: 'ClusterRoleBinding pod-identity-webhook' })
    expect(writesTo(cluster)).toEqual([])
  })
})

it.each(['managed', 'none'] as const)('sends the cluster no request in mode %s', async (mode) => {
  const { cluster, deploy } = await clusters.start()
  cluster.calls.clear()
  const assessment = { status: 'True', reason: 'NotInstalled', message: `webhook.mode is ${mode}` }
  expect(await deploy({ mode })).toEqual({ output: { mode }, changes: [], assessment })
  expect(callsTo(cluster)).toEqual([])
})

describe('renewal', () => {
  const monthsAgo = (months: number) => new Date(Date.now() - months * 30 * 24 * 60 * 60 * 1000)

  it('makes a new certificate when less than a third of its lifetime is left, and restarts the pods', async () => {
    const webhook = await clusters.start()
    const { client, namespace, deploy } = webhook
    await deploy(ownCa)
    const old = await makeCertificate(namespace, monthsAgo(9))
    await apply(client, certificateSecretManifest(namespace, old), { adopt: false })
    const result = await deploy(ownCa)
    expect(differing(result).map(({ object }) => object)).toEqual([
      `Secret ${namespace}/pod-identity-webhook-tls`,
      `Deployment ${namespace}/pod-identity-webhook`,
    ])
    expect((await certificateOf(webhook)).certificate).not.toBe(old.certificate)
  })

  it('adds the new CA to the caBundle before the pods use the new certificate, and keeps the old CA', async () => {
    const webhook = await clusters.start()
    const { client, cluster, namespace, deploy } = webhook
    await deploy(ownCa)
    const old = await makeCertificate(namespace, monthsAgo(9))
    await apply(client, certificateSecretManifest(namespace, old), { adopt: false })
    await activate(webhook, old.authority)
    cluster.calls.clear()
    const result = await deploy(ownCa)
    expect(differing(result).map(({ object }) => object)).toEqual([
      'MutatingWebhookConfiguration pod-identity-webhook',
      `Secret ${namespace}/pod-identity-webhook-tls`,
      `Deployment ${namespace}/pod-identity-webhook`,
    ])
    // An API server uses a new configuration a moment after the write.
    expect(writtenAt(cluster, '/secrets/') - writtenAt(cluster, '/mutatingwebhookconfigurations/')).toBeGreaterThan(
      2_900,
    )
    expect(await caBundleOf(webhook)).toBe(old.authority + (await certificateOf(webhook)).authority)
  })
})

describe.each(versionsHere('1.20.9'))('the documented webhook, created by hand on Kubernetes %s', (version) => {
  async function createByHand() {
    const webhook = await clusters.start({ version })
    for (const manifest of documentedManifest(webhook.namespace, webhook.cluster.caPem)) {
      await writeAs(webhook.cluster, 'kubectl-client-side-apply', manifest)
    }
    webhook.cluster.calls.clear()
    return webhook
  }

  it('is refused with an error that names one of its objects, and nothing is written', async () => {
    const { cluster, deploy } = await createByHand()
    await expect(deploy()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      action: expect.stringContaining('adopt: true'),
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('gets a candidate first with adopt: this step writes nothing', async () => {
    const { cluster, deploy } = await createByHand()
    expect(await deploy({ adopt: true })).toMatchObject({ output: { trial: true }, changes: [] })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is adopted with two replicas, a configuration without side effects, and the annotation that it is adopted', async () => {
    const webhook = await createByHand()
    const { cluster, namespace, deploy } = webhook
    const changes = await webhook.setUp({ adopt: true })
    const objectsThatAre = (action: string) =>
      changes.filter((change) => change.action === action).map(({ object }) => object)
    expect(objectsThatAre('adopted')).toContain(`Deployment ${namespace}/pod-identity-webhook`)
    expect(objectsThatAre('created')).toContain(`PodDisruptionBudget ${namespace}/pod-identity-webhook`)
    expect(await deploymentOf(webhook)).toMatchObject({
      metadata: { annotations: { 'workload-identity/adopted': 'true' } },
      spec: { replicas: 2 },
    })
    const configuration = await objectIn(cluster, 'MutatingWebhookConfiguration', { name: webhookName })
    expect(configuration?.webhooks).toMatchObject([{ sideEffects: 'None', failurePolicy: 'Ignore' }])
    expect(await caBundleOf(webhook)).toBe(cluster.caPem)
    cluster.calls.clear()
    expect(actionsOf(await deploy({ adopt: true }))).toEqual(['unchanged'])
    expect(actionsOf(await deploy())).toEqual(['unchanged'])
    expect(writesTo(cluster)).toEqual([])
  })
})
