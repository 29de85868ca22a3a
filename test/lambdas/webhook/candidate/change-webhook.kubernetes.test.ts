/** Changes of a webhook in use by the setup workflow. Meanwhile a client creates ten pods a second in dry runs. */
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asString, at, objectsIn } from '../../../../sandbox/kubernetes/objects/objects.ts'
import { objectIn, writeAs, writesTo } from '../../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../../support/kubernetes/kubernetes-peer.ts'
import { bindReader, type Load, missingNow, underLoad } from '../../../support/kubernetes/pod-load.ts'
import { documentedManifest, withoutSideEffects } from '../../../support/webhook/documented-webhook.ts'
import { type ChangeAsk, type Changed, changeWebhook } from '../../../support/webhook/webhook-change.ts'
import { webhookClusters } from '../../../support/webhook/webhook-clusters.ts'
import type { WebhookCluster } from '../../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const old = `${repository}:v0.5.0`
const newest = `${repository}:v0.6.17`
const ownCa = { certificate: 'own-ca' } as const

/** Sets up a webhook that mutates the pods of the account `reader`. */
async function setUpWithReader(
  webhook: WebhookCluster,
  request: Parameters<WebhookCluster['setUp']>[0],
): Promise<WebhookCluster> {
  await bindReader(webhook.client)
  await webhook.setUp(request)
  await expect.poll(() => missingNow(webhook.client), { timeout: 20_000 }).toEqual([])
  webhook.cluster.calls.clear()
  return webhook
}

function changeUnderLoad(webhook: WebhookCluster, request: ChangeAsk): Promise<{ result: Changed; load: Load }> {
  return underLoad(webhook.client, () => changeWebhook(webhook, request))
}

function expectNoGap({ pods, without, refusals }: Load): void {
  expect({ without, refusals }).toEqual({ without: 0, refusals: [] })
  // Ten a second, and a change in the sandbox takes less than one second.
  expect(pods).toBeGreaterThan(3)
}

async function imageOf({ cluster, namespace }: WebhookCluster): Promise<unknown> {
  const deployment = await objectIn(cluster, 'Deployment', { name: 'pod-identity-webhook', namespace })
  return at(objectsIn(at(deployment?.spec, 'template', 'spec', 'containers'))[0], 'image')
}

/** The temporary objects of a change that still exist. */
async function temporaryObjects({ cluster, namespace }: WebhookCluster): Promise<string[]> {
  const kinds = ['Deployment', 'Service', 'Secret', 'ServiceAccount']
  const lists = await Promise.all([
    ...kinds.map((kind) => cluster.objects(kind, namespace)),
    cluster.objects('MutatingWebhookConfiguration'),
  ])
  return lists
    .flat()
    .map(({ kind, metadata }) => `${kind} ${asString(metadata.name)}`)
    .filter((name) => /-(candidate|canary)/.test(name))
}

async function calledService(cluster: AnyCluster): Promise<unknown> {
  const configuration = await objectIn(cluster, 'MutatingWebhookConfiguration', { name: 'pod-identity-webhook' })
  return at(objectsIn(configuration?.webhooks)[0], 'clientConfig', 'service', 'name')
}

describe.each(versionsHere('1.33.2'))('another image on Kubernetes %s', (version) => {
  it('is rolled out without an unmutated pod, leaves no temporary object, and a second setup writes nothing', async () => {
    const webhook = await setUpWithReader(await clusters.start({ version }), { ...ownCa, image: old })
    const { result, load } = await changeUnderLoad(webhook, { ...ownCa, image: newest })
    expect(result).toMatchObject({ status: 'SUCCEEDED', recorded: { image: newest, mode: 'own-ca' } })
    expectNoGap(load)
    expect(await imageOf(webhook)).toBe(newest)
    expect(await temporaryObjects(webhook)).toEqual([])
    webhook.cluster.calls.clear()
    expect(await changeWebhook(webhook, { ...ownCa, image: newest })).toMatchObject({ status: 'SUCCEEDED' })
    expect(writesTo(webhook.cluster)).toEqual([])
  })

  it('is shown by a plan, with each changed field and each temporary object, and without a write', async () => {
    const webhook = await setUpWithReader(await clusters.start({ version }), { ...ownCa, image: old })
    const { changes } = await webhook.plan({ ...ownCa, image: newest })
    expect(writesTo(webhook.cluster)).toEqual([])
    const changed = changes.filter(({ action }) => action !== 'unchanged')
    const candidate = ['Secret', 'Deployment', 'Service', 'ServiceAccount'].map(
      (kind) =>
        `${kind} ${webhook.namespace}/pod-identity-webhook-${kind === 'Secret' ? 'candidate-tls' : 'candidate'}`,
    )
    const temporary = [...candidate, 'MutatingWebhookConfiguration pod-identity-webhook-candidate']
    expect(changed.map(({ object, action, temporary = false }) => [object, action, temporary]).toSorted()).toEqual(
      [
        ...temporary.map((object) => [object, 'created', true]),
        ...temporary.map((object) => [object, 'deleted', true]),
        [`Deployment ${webhook.namespace}/pod-identity-webhook`, 'updated', false],
      ].toSorted(),
    )
    const [lasting] = changed.filter((change) => change.temporary === undefined)
    expect(lasting?.differences).toMatchObject([{ desired: newest, observed: old }])
    expect(lasting?.detail).toContain('test of the new version beside')
  })

  it('that never becomes ready is deleted again with its reason, and the webhook in use is not changed', async () => {
    const webhook = await setUpWithReader(await clusters.start({ version }), { ...ownCa, image: old })
    const { result, load } = await changeUnderLoad(webhook, { ...ownCa, image: `${repository}:v9.9.9` })
    expect(result).toMatchObject({ status: 'FAILED', error: 'CandidateNotReady' })
    expect(result.cause).toContain('pod-identity-webhook-candidate')
    expectNoGap(load)
    expect(await temporaryObjects(webhook)).toEqual([])
    expect(writesTo(webhook.cluster).filter((call) => !call.includes('-candidate'))).toEqual([])
    expect(await imageOf(webhook)).toBe(old)
  })
})

it.each(versionsHere('1.21.14'))(
  'changes from csr to own-ca and back without an unmutated pod on Kubernetes %s',
  async (version) => {
    const webhook = await setUpWithReader(await clusters.start({ version }), { certificate: 'csr' })
    const toOwnCa = await changeUnderLoad(webhook, ownCa)
    expect(toOwnCa.result.recorded).toMatchObject({ mode: 'own-ca' })
    expectNoGap(toOwnCa.load)
    expect(await webhook.cluster.objects('CertificateSigningRequest')).toEqual([])
    const toCsr = await changeUnderLoad(webhook, { certificate: 'csr' })
    expect(toCsr.result.recorded).toMatchObject({ mode: 'csr' })
    expectNoGap(toCsr.load)
    expect(await temporaryObjects(webhook)).toEqual([])
  },
)

describe.each(versionsHere('1.20.9'))('the documented webhook, created by hand on Kubernetes %s', (version) => {
  /** Applies the documented manifests, and waits until the webhook has its certificate. */
  async function applied(change: (manifest: Manifest) => Manifest): Promise<WebhookCluster> {
    const webhook = await clusters.start({ version })
    for (const manifest of documentedManifest(webhook.namespace, webhook.cluster.caPem).map(change)) {
      await writeAs(webhook.cluster, 'kubectl-client-side-apply', manifest)
    }
    await bindReader(webhook.client)
    const byHand = { mode: 'csr', image: '', namespace: webhook.namespace, replicas: 1 } as const
    await expect.poll(async () => 'output' in (await webhook.approve(byHand)), { timeout: 60_000 }).toBe(true)
    return webhook
  }

  /** With `sideEffects: None`, which the document lacks: without it the API server refuses each dry run of a pod. */
  async function documented(): Promise<WebhookCluster> {
    const webhook = await applied(withoutSideEffects)
    await expect.poll(() => missingNow(webhook.client), { timeout: 20_000 }).toEqual([])
    webhook.cluster.calls.clear()
    return webhook
  }

  it('is adopted as documented, although the API server refuses dry runs of pods before', async () => {
    const webhook = await applied((manifest) => manifest)
    await expect(missingNow(webhook.client)).rejects.toMatchObject({
      reason: expect.stringContaining('supports no dry run'),
    })
    expect(await changeWebhook(webhook, { ...ownCa, adopt: true })).toMatchObject({ status: 'SUCCEEDED' })
    expect(await missingNow(webhook.client)).toEqual([])
    expect(await temporaryObjects(webhook)).toEqual([])
  })

  it('is adopted without an unmutated pod', async () => {
    const webhook = await documented()
    const { result, load } = await changeUnderLoad(webhook, { ...ownCa, adopt: true })
    expect(result.cause).toBeUndefined()
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      recorded: { mode: 'own-ca', namespace: webhook.namespace },
    })
    expectNoGap(load)
    expect(await temporaryObjects(webhook)).toEqual([])
    expect(await calledService(webhook.cluster)).toBe('pod-identity-webhook')
  })

  it('is adopted without an unmutated pod when the request changes nothing else, and keeps its image', async () => {
    const webhook = await documented()
    const { result, load } = await changeUnderLoad(webhook, { adopt: true })
    expect(result.cause).toBeUndefined()
    const installed = { mode: 'csr', image: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f' }
    expect(result).toMatchObject({ status: 'SUCCEEDED', recorded: installed })
    expectNoGap(load)
    expect(await temporaryObjects(webhook)).toEqual([])
  }, 60_000)
})
