/** Changes of a webhook in use by the workflow of a setup: pods are made ten a second meanwhile, in dry runs. */
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

const world = webhookClusters()

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const old = `${repository}:v0.5.0`
const newest = `${repository}:v0.6.17`
const ownCa = { certificate: 'own-ca' } as const

/** A cluster whose webhook serves the account that pods are made of. */
async function served(made: WebhookCluster, ask: Parameters<WebhookCluster['setUp']>[0]): Promise<WebhookCluster> {
  await bindReader(made.client)
  await made.setUp(ask)
  await expect.poll(() => missingNow(made.client), { timeout: 20_000 }).toEqual([])
  made.cluster.calls.clear()
  return made
}

function changeUnderLoad(made: WebhookCluster, ask: ChangeAsk): Promise<{ result: Changed; load: Load }> {
  return underLoad(made.client, () => changeWebhook(made, ask))
}

function expectNoGap({ pods, without, refusals }: Load): void {
  expect({ without, refusals }).toEqual({ without: 0, refusals: [] })
  // Ten a second: a change of the sandbox's takes less than one.
  expect(pods).toBeGreaterThan(3)
}

async function imageOf({ cluster, namespace }: WebhookCluster): Promise<unknown> {
  const deployment = await objectIn(cluster, 'Deployment', { name: 'pod-identity-webhook', namespace })
  return at(objectsIn(at(deployment?.spec, 'template', 'spec', 'containers'))[0], 'image')
}

/** All that a change puts up for a while. */
async function remaining({ cluster, namespace }: WebhookCluster): Promise<string[]> {
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
  it('comes without a gap, leaves nothing behind, and a second setup writes nothing', async () => {
    const made = await served(await world.start({ version }), { ...ownCa, image: old })
    const { result, load } = await changeUnderLoad(made, { ...ownCa, image: newest })
    expect(result).toMatchObject({ status: 'SUCCEEDED', recorded: { image: newest, mode: 'own-ca' } })
    expectNoGap(load)
    expect(await imageOf(made)).toBe(newest)
    expect(await remaining(made)).toEqual([])
    made.cluster.calls.clear()
    expect(await changeWebhook(made, { ...ownCa, image: newest })).toMatchObject({ status: 'SUCCEEDED' })
    expect(writesTo(made.cluster)).toEqual([])
  })

  it('is reported by a plan, field by field and with what is put up for a while, and nothing is written', async () => {
    const made = await served(await world.start({ version }), { ...ownCa, image: old })
    const { changes } = await made.plan({ ...ownCa, image: newest })
    expect(writesTo(made.cluster)).toEqual([])
    const changed = changes.filter(({ action }) => action !== 'unchanged')
    const candidate = ['Secret', 'Deployment', 'Service', 'ServiceAccount'].map(
      (kind) => `${kind} ${made.namespace}/pod-identity-webhook-${kind === 'Secret' ? 'candidate-tls' : 'candidate'}`,
    )
    const temporary = [...candidate, 'MutatingWebhookConfiguration pod-identity-webhook-candidate']
    expect(changed.map(({ object, action, temporary = false }) => [object, action, temporary]).toSorted()).toEqual(
      [
        ...temporary.map((object) => [object, 'created', true]),
        ...temporary.map((object) => [object, 'deleted', true]),
        [`Deployment ${made.namespace}/pod-identity-webhook`, 'updated', false],
      ].toSorted(),
    )
    const [webhook] = changed.filter((change) => change.temporary === undefined)
    expect(webhook?.differences).toMatchObject([{ desired: newest, observed: old }])
    expect(webhook?.detail).toContain('tried out beside')
  })

  it('that never becomes ready is taken away again, says why, and nothing of the one in use was touched', async () => {
    const made = await served(await world.start({ version }), { ...ownCa, image: old })
    const { result, load } = await changeUnderLoad(made, { ...ownCa, image: `${repository}:v9.9.9` })
    expect(result).toMatchObject({ status: 'FAILED', error: 'CandidateNotReady' })
    expect(result.cause).toContain('pod-identity-webhook-candidate')
    expectNoGap(load)
    expect(await remaining(made)).toEqual([])
    expect(writesTo(made.cluster).filter((call) => !call.includes('-candidate'))).toEqual([])
    expect(await imageOf(made)).toBe(old)
  })
})

it.each(versionsHere('1.21.14'))(
  'a certificate of the cluster becomes one of ours, and one of ours the cluster’s, without a gap on Kubernetes %s',
  async (version) => {
    const made = await served(await world.start({ version }), { certificate: 'csr' })
    const there = await changeUnderLoad(made, ownCa)
    expect(there.result.recorded).toMatchObject({ mode: 'own-ca' })
    expectNoGap(there.load)
    expect(await made.cluster.objects('CertificateSigningRequest')).toEqual([])
    const back = await changeUnderLoad(made, { certificate: 'csr' })
    expect(back.result.recorded).toMatchObject({ mode: 'csr' })
    expectNoGap(back.load)
    expect(await remaining(made)).toEqual([])
  },
)

describe.each(versionsHere('1.20.9'))('the documented webhook, made by hand on Kubernetes %s', (version) => {
  /** It runs with a certificate. */
  async function applied(change: (manifest: Manifest) => Manifest): Promise<WebhookCluster> {
    const made = await world.start({ version })
    for (const manifest of documentedManifest(made.namespace, made.cluster.caPem).map(change)) {
      await writeAs(made.cluster, 'kubectl-client-side-apply', manifest)
    }
    await bindReader(made.client)
    const byHand = { mode: 'csr', image: '', namespace: made.namespace, replicas: 1 } as const
    await expect.poll(async () => 'output' in (await made.approve(byHand)), { timeout: 60_000 }).toBe(true)
    return made
  }

  /** It says what the document forgets: else no dry run of a pod would get through. */
  async function documented(): Promise<WebhookCluster> {
    const made = await applied(withoutSideEffects)
    await expect.poll(() => missingNow(made.client), { timeout: 20_000 }).toEqual([])
    made.cluster.calls.clear()
    return made
  }

  it('is taken over as it was applied, when no dry run of a pod gets through before', async () => {
    const made = await applied((manifest) => manifest)
    await expect(missingNow(made.client)).rejects.toMatchObject({
      reason: expect.stringContaining('supports no dry run'),
    })
    expect(await changeWebhook(made, { ...ownCa, adopt: true })).toMatchObject({ status: 'SUCCEEDED' })
    expect(await missingNow(made.client)).toEqual([])
    expect(await remaining(made)).toEqual([])
  })

  it('is taken over without a gap', async () => {
    const made = await documented()
    const { result, load } = await changeUnderLoad(made, { ...ownCa, adopt: true })
    expect(result.cause).toBeUndefined()
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      recorded: { mode: 'own-ca', namespace: made.namespace },
    })
    expectNoGap(load)
    expect(await remaining(made)).toEqual([])
    expect(await calledService(made.cluster)).toBe('pod-identity-webhook')
  })

  it('is taken over without a gap with nothing else asked for, when what it gets is its own image', async () => {
    const made = await documented()
    const { result, load } = await changeUnderLoad(made, { adopt: true })
    expect(result.cause).toBeUndefined()
    const installed = { mode: 'csr', image: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f' }
    expect(result).toMatchObject({ status: 'SUCCEEDED', recorded: installed })
    expectNoGap(load)
    expect(await remaining(made)).toEqual([])
  }, 60_000)
})
