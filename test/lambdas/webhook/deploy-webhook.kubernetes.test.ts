import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OwnershipConflict } from '../../../lambdas/errors/step-errors.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { certificateDigest, validityOf } from '../../../lambdas/webhook/certificate/certificate.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { realConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import { certificateSecretManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { account } from '../../../sandbox/account.ts'
import { asObject, asString, at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { newOperation } from '../../support/api/operations.ts'
import { callsTo, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { documentedManifest } from '../../support/webhook/documented-webhook.ts'
import {
  outputOf,
  startWebhookClusters,
  type WebhookCluster,
  type WebhookClusters,
} from '../../support/webhook/webhook-setup.ts'

let world: WebhookClusters
let recorder: typeof import('../../../lambdas/operations/start/record-operation.ts')
let records: typeof import('../../../lambdas/operations/record/cluster-record.ts')

beforeAll(async () => {
  world = await startWebhookClusters()
  recorder = await import('../../../lambdas/operations/start/record-operation.ts')
  records = await import('../../../lambdas/operations/record/cluster-record.ts')
})
afterAll(() => world.end())

const ownCa = { certificate: 'own-ca' } as const

it('where it is written is recorded before the first write, and not where nothing comes to be written', async () => {
  const { operation, ...rest } = newOperation({ cluster: 'prod' })
  expect(await recorder.recordOperation({ operation, ...rest })).toBe('recorded')
  const namespaces = async () => (await records.readCluster('prod'))?.cluster.status.webhookNamespaces
  const made = await world.start()
  const issuerUrl = 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC'
  await expect(made.deploy({ ...ownCa, issuerUrl })).rejects.toMatchObject({ name: 'Unsupported' })
  expect(await namespaces()).toBeUndefined()
  await made.deploy(ownCa)
  expect(await namespaces()).toEqual([made.namespace])
})

it('gives pods the region of their cluster, and the region of the deployment when the cluster is in none', async () => {
  const made = await world.start()
  const regions = async () => JSON.stringify(await deploymentOf(made)).match(/(?<=--aws-default-region=)[a-z0-9-]+/g)
  await made.deploy(ownCa)
  expect(await regions()).toEqual([account.region])
  await made.deploy({ ...ownCa, region: 'eu-north-1' })
  expect(await regions()).toEqual(['eu-north-1'])
})

interface Result {
  readonly changes?: readonly { readonly object: string; readonly action: string }[]
}

const actionsOf = ({ changes = [] }: Result) => [...new Set(changes.map(({ action }) => action))]
const differing = ({ changes = [] }: Result) => changes.filter(({ action }) => action !== 'unchanged')

/** Cluster and namespace: where the webhook is. */
type Place = Pick<WebhookCluster, 'cluster' | 'namespace'>

const webhookName = 'pod-identity-webhook'

/** Milliseconds since the epoch of the only write to a path like this. */
function writtenAt({ calls }: Place['cluster'], path: string): number {
  const writes = calls.all().filter(({ write, operation }) => write && operation.includes(path))
  expect(writes).toHaveLength(1)
  return writes[0]?.at ?? 0
}

async function dataOf({
  cluster,
  namespace,
}: Place): Promise<{ certificate: string; authority: string; keys: string[] }> {
  const secret = await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })
  const data = asObject(secret?.data)
  const text = (key: string) => Buffer.from(asString(data[key]), 'base64').toString()
  return { certificate: text('tls.crt'), authority: text('ca.crt'), keys: Object.keys(data).toSorted() }
}

const deploymentOf = ({ cluster, namespace }: Place) =>
  objectIn(cluster, 'Deployment', { name: webhookName, namespace })
const rulesOf = async ({ cluster, namespace }: Place, kind: 'Role' | 'ClusterRole') =>
  (await objectIn(cluster, kind, { name: webhookName, ...(kind === 'Role' && { namespace }) }))?.rules

async function authoritiesOf({ cluster }: Place): Promise<string> {
  const configuration = await objectIn(cluster, 'MutatingWebhookConfiguration', { name: webhookName })
  const [webhook] = Array.isArray(configuration?.webhooks) ? configuration.webhooks : []
  return Buffer.from(asString(at(webhook, 'clientConfig', 'caBundle')), 'base64').toString()
}

/** A configuration of ours that trusts these authorities. */
async function activated(
  { client, namespace }: Pick<WebhookCluster, 'client' | 'namespace'>,
  authorities: string,
): Promise<void> {
  await apply(client, realConfiguration({ namespace, authorities }, 'Ignore'), { adopt: false })
}

describe('with a certificate of ours', () => {
  it('installs everything but the configuration', async () => {
    const made = await world.start()
    const { cluster, namespace, deploy } = made
    cluster.calls.clear()
    const result = await deploy(ownCa)
    expect(outputOf(result)).toEqual({
      mode: 'own-ca',
      image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
      namespace,
      replicas: 2,
      certificate: validityOf((await dataOf(made)).certificate),
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
  })

  it('tries each object once, and no more, before it writes it', async () => {
    const { cluster, deploy } = await world.start()
    cluster.calls.clear()
    await deploy(ownCa)
    const applies = callsTo(cluster).filter(({ operation }) => operation.startsWith('PATCH '))
    const tried = applies.filter(({ write }) => !write).map(({ operation }) => operation)
    expect(tried.toSorted()).toEqual(writesTo(cluster).toSorted())
  })

  it('reads the namespace and each object that is planned just before its write once', async () => {
    const { cluster, namespace, deploy } = await world.start()
    cluster.calls.clear()
    await deploy(ownCa)
    const readsOf = (path: string) => callsTo(cluster).filter(({ operation }) => operation === `GET ${path}`).length
    const own = `/api/v1/namespaces/${namespace}`
    const names = [own, '/apis/rbac.authorization.k8s.io/v1/clusterroles/pod-identity-webhook']
    const namespaced = ['serviceaccounts', 'services'].map((kind) => `${own}/${kind}/pod-identity-webhook`)
    expect([...names, ...namespaced].map(readsOf)).toEqual([1, 1, 1, 1])
  })

  it('keeps a certificate of its own, and the key of its authority nowhere', async () => {
    const made = await world.start()
    const { cluster, deploy } = made
    cluster.calls.clear()
    await deploy(ownCa)
    const { certificate, authority, keys } = await dataOf(made)
    expect(keys).toEqual(['ca.crt', 'tls.crt', 'tls.key'])
    expect(new X509Certificate(certificate).verify(new X509Certificate(authority).publicKey)).toBe(true)
    expect(authority.match(/BEGIN/g)).toHaveLength(1)
    expect(at(await deploymentOf(made), 'spec', 'template', 'metadata', 'annotations')).toEqual({
      'workload-identity/certificate': certificateDigest(certificate),
    })
  })

  it('writes nothing when all is there already', async () => {
    const made = await world.start()
    const { cluster, deploy } = made
    cluster.calls.clear()
    await deploy(ownCa)
    cluster.calls.clear()
    expect(actionsOf(await deploy(ownCa))).toEqual(['unchanged'])
    expect(writesTo(cluster)).toEqual([])
  })

  it('brings back what somebody removed, and leaves the rest', async () => {
    const made = await world.start()
    const { cluster, namespace, deploy } = made
    cluster.calls.clear()
    await deploy(ownCa)
    const { certificate } = await dataOf(made)
    await made.client.delete({ apiVersion: 'v1', kind: 'Service', name: 'pod-identity-webhook', namespace })
    expect(differing(await deploy(ownCa))).toMatchObject([{ object: `Service ${namespace}/pod-identity-webhook` }])
    expect((await dataOf(made)).certificate).toBe(certificate)
  })
})

describe.each(versionsHere('1.20.9-gke.300', '1.21.14'))('on Kubernetes %s', (version) => {
  it('installs the documented image, which asks for its certificate itself and may keep it', async () => {
    const made = await world.start({ version })
    const { cluster, namespace, deploy } = made
    expect(outputOf(await deploy())).toMatchObject({
      mode: 'csr',
      image: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
    })
    expect(await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })).toBeUndefined()
    expect(await rulesOf(made, 'ClusterRole')).toHaveLength(2)
    expect(await rulesOf(made, 'Role')).toHaveLength(2)
    const [budget] = await cluster.objects('PodDisruptionBudget', namespace)
    expect(budget?.apiVersion).toMatch(/^policy\//)
    cluster.calls.clear()
    expect(actionsOf(await deploy())).toEqual(['unchanged'])
    expect(writesTo(cluster)).toEqual([])
  })

  it('asks the server about the one version of disruption budgets that this Kubernetes has', async () => {
    const { cluster, deploy } = await world.start({ version })
    cluster.calls.clear()
    await deploy({ certificate: 'csr' })
    const asked = callsTo(cluster).filter(({ operation }) => /^GET \/apis\/policy\/\w+$/.test(operation))
    expect(asked).toHaveLength(1)
  })

  it('takes the rights to make requests away when the certificate becomes ours', async () => {
    const made = await world.start({ version })
    await made.deploy()
    await made.deploy(ownCa)
    expect(await rulesOf(made, 'ClusterRole')).toHaveLength(1)
    expect((await rulesOf(made, 'Role')) ?? []).toEqual([])
    expect(actionsOf(await made.deploy(ownCa))).toEqual(['unchanged'])
  })
})

describe('what cannot work is refused before anything is written', () => {
  it('a second namespace for the webhook', async () => {
    const { client, cluster, deploy } = await world.start()
    cluster.calls.clear()
    await activated({ client, namespace: 'elsewhere' }, 'no authority')
    cluster.calls.clear()
    await expect(deploy()).rejects.toMatchObject({
      name: 'Unsupported',
      action: expect.stringContaining('Set webhook.namespace to elsewhere'),
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('an object of somebody else, even one that would come last', async () => {
    const { cluster, deploy } = await world.start()
    cluster.calls.clear()
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

it.each(['managed', 'none'] as const)('mode %s installs nothing and asks the cluster nothing', async (mode) => {
  const { cluster, deploy } = await world.start()
  cluster.calls.clear()
  const assessment = { status: 'True', reason: 'NotInstalled', message: `webhook.mode is ${mode}` }
  expect(await deploy({ mode })).toEqual({ output: { mode }, changes: [], assessment })
  expect(callsTo(cluster)).toEqual([])
})

describe('renewal', () => {
  const monthsAgo = (months: number) => new Date(Date.now() - months * 30 * 24 * 60 * 60 * 1000)

  it('makes a new certificate when a third of its life is left, and rolls the pods', async () => {
    const made = await world.start()
    const { client, cluster, namespace, deploy } = made
    cluster.calls.clear()
    await deploy(ownCa)
    const old = await makeCertificate(namespace, monthsAgo(9))
    await apply(client, certificateSecretManifest(namespace, old), { adopt: false })
    const result = await deploy(ownCa)
    expect(differing(result).map(({ object }) => object)).toEqual([
      `Secret ${namespace}/pod-identity-webhook-tls`,
      `Deployment ${namespace}/pod-identity-webhook`,
    ])
    expect((await dataOf(made)).certificate).not.toBe(old.certificate)
  })

  it('lets the API server trust the new authority before the pods serve by it, and the old one still', async () => {
    const made = await world.start()
    const { client, cluster, namespace, deploy } = made
    cluster.calls.clear()
    await deploy(ownCa)
    const old = await makeCertificate(namespace, monthsAgo(9))
    await apply(client, certificateSecretManifest(namespace, old), { adopt: false })
    await activated(made, old.authority)
    cluster.calls.clear()
    const result = await deploy(ownCa)
    expect(differing(result).map(({ object }) => object)).toEqual([
      'MutatingWebhookConfiguration pod-identity-webhook',
      `Secret ${namespace}/pod-identity-webhook-tls`,
      `Deployment ${namespace}/pod-identity-webhook`,
    ])
    // An API server hears of its configuration a moment after the write.
    expect(writtenAt(cluster, '/secrets/') - writtenAt(cluster, '/mutatingwebhookconfigurations/')).toBeGreaterThan(
      2_900,
    )
    expect(await authoritiesOf(made)).toBe(old.authority + (await dataOf(made)).authority)
  })

  it('leaves a good certificate in a Secret whose other objects are missing', async () => {
    const made = await world.start()
    const { cluster, namespace, deploy } = made
    cluster.calls.clear()
    await deploy(ownCa)
    const { certificate } = await dataOf(made)
    await made.client.delete({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'pod-identity-webhook',
      namespace,
    })
    await deploy(ownCa)
    expect((await dataOf(made)).certificate).toBe(certificate)
  })
})

describe.each(versionsHere('1.20.9'))('the documented webhook, made by hand on Kubernetes %s', (version) => {
  async function madeByHand() {
    const made = await world.start({ version })
    for (const manifest of documentedManifest(made.namespace, made.cluster.caPem)) {
      await writeAs(made.cluster, 'kubectl-client-side-apply', manifest)
    }
    made.cluster.calls.clear()
    return made
  }

  it('is an error that names an object of it, and nothing is written', async () => {
    const { cluster, deploy } = await madeByHand()
    await expect(deploy()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      action: expect.stringContaining('adopt: true'),
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is tried out beside it first with adopt, and nothing is written', async () => {
    const { cluster, deploy } = await madeByHand()
    expect(await deploy({ adopt: true })).toMatchObject({ output: { trial: true }, changes: [] })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is taken over with adopt: two replicas, its configuration without side effects, all marked as adopted', async () => {
    const made = await madeByHand()
    const { cluster, namespace, deploy } = made
    const changes = await made.setUp({ adopt: true })
    const objectsThatAre = (action: string) =>
      changes.filter((change) => change.action === action).map(({ object }) => object)
    expect(objectsThatAre('adopted')).toContain(`Deployment ${namespace}/pod-identity-webhook`)
    expect(objectsThatAre('created')).toContain(`PodDisruptionBudget ${namespace}/pod-identity-webhook`)
    expect(await deploymentOf(made)).toMatchObject({
      metadata: { annotations: { 'workload-identity/adopted': 'true' } },
      spec: { replicas: 2 },
    })
    const configuration = await objectIn(cluster, 'MutatingWebhookConfiguration', { name: webhookName })
    expect(configuration?.webhooks).toMatchObject([{ sideEffects: 'None', failurePolicy: 'Ignore' }])
    expect(await authoritiesOf(made)).toBe(cluster.caPem)
    cluster.calls.clear()
    expect(actionsOf(await deploy({ adopt: true }))).toEqual(['unchanged'])
    expect(actionsOf(await deploy())).toEqual(['unchanged'])
    expect(writesTo(cluster)).toEqual([])
  })
})
