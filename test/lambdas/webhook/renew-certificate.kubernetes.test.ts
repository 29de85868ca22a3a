import { describe, expect, it } from 'vitest'
import { readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { kubernetesOwnership } from '../../../lambdas/ownership/labels.ts'
import { validityOf } from '../../../lambdas/webhook/certificate/certificate.ts'
import * as renewCertificate from '../../../lambdas/webhook/renew-certificate.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { newOperation } from '../../support/api/operations.ts'
import { objectIn, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { bindReader, underLoad } from '../../support/kubernetes/pod-load.ts'
import { ageCertificate, servingCertificate } from '../../support/webhook/aged-certificate.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { context, type WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

const ownCa = { certificate: 'own-ca' } as const
const image = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'
const name = 'pod-identity-webhook'

function installedIn({ namespace }: WebhookCluster) {
  return { mode: 'own-ca', image, namespace, replicas: 2 } as const
}

async function renew(
  webhook: WebhookCluster,
  { dryRun = false, issuerUrl = webhook.cluster.settings.issuer, recorded = image } = {},
) {
  const request = { target: webhook.target, issuerUrl, installed: { ...installedIn(webhook), image: recorded } }
  const result = await renewCertificate.run(request, context(dryRun, { kubernetesMinor: webhook.minor }))
  if ('waiting' in result) throw new Error(`waits: ${result.waiting.reason}`)
  const changes = result.changes.map(({ object, action }) => `${action} ${object.split(' ')[0]}`)
  return { ...result.output, changes }
}

const secretOf = ({ cluster, namespace }: WebhookCluster) => servingCertificate(cluster, namespace)

/** The number of CAs in the caBundle. */
async function countOfCas(cluster: AnyCluster): Promise<number> {
  const configuration = await objectIn(cluster, 'MutatingWebhookConfiguration', { name })
  const [webhook] = (configuration?.webhooks as { clientConfig: { caBundle: string } }[] | undefined) ?? []
  return (
    Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64')
      .toString()
      .split('BEGIN CERTIFICATE').length - 1
  )
}

async function setUp(days?: number): Promise<WebhookCluster> {
  const webhook = await clusters.start()
  await bindReader(webhook.client)
  await webhook.setUp({ ...ownCa, image })
  if (days !== undefined) await ageCertificate({ ...webhook, image }, days)
  webhook.cluster.calls.clear()
  return webhook
}

/** Time of the write in milliseconds since the epoch. */
function writtenAt({ cluster }: WebhookCluster, path: string): number {
  return cluster.calls.all().find(({ write, operation }) => write && operation.includes(path))?.at ?? Number.NaN
}

/** Runs rotations until they have no work left. Returns their distinct outputs. */
async function untilKept(webhook: WebhookCluster): Promise<string[]> {
  const outputs: string[] = []
  await expect
    .poll(
      async () => {
        const { certificate } = await renew(webhook)
        outputs.push(certificate)
        return { certificate, trusted: await countOfCas(webhook.cluster) }
      },
      { timeout: 60_000, interval: 500 },
    )
    .toEqual({ certificate: 'kept', trusted: 1 })
  return [...new Set(outputs)]
}

it('keeps a certificate with more than a third of its lifetime left, and writes nothing', async () => {
  const webhook = await setUp(200)
  const before = await secretOf(webhook)
  expect(await renew(webhook)).toEqual({ certificate: 'kept', changes: [] })
  expect(writesTo(webhook.cluster)).toEqual([])
  expect(await secretOf(webhook)).toEqual(before)
})

it('renews a certificate with less left, mutates each pod meanwhile, and removes the old CA in a later run', async () => {
  const webhook = await setUp(270)
  const before = await secretOf(webhook)
  const { result, load } = await underLoad(webhook.client, async () => {
    const first = await renew(webhook)
    expect(await countOfCas(webhook.cluster)).toBe(2)
    // Each API server gets the new configuration by a watch: lambdas/webhook/propagation.ts.
    expect(writtenAt(webhook, '/secrets/') - writtenAt(webhook, '/mutatingwebhookconfigurations/')).toBeGreaterThan(
      2_900,
    )
    return [first, await untilKept(webhook)] as const
  })
  const [first, later] = result
  expect(first).toEqual({
    certificate: 'renewed',
    changes: ['updated MutatingWebhookConfiguration', 'updated Secret', 'updated Deployment'],
  })
  expect(later).toContain('finished')
  expect(load).toMatchObject({ without: 0, refusals: [] })
  expect(load.pods).toBeGreaterThan(5)
  const after = await secretOf(webhook)
  expect(after.certificate).not.toBe(before.certificate)
  expect(after.authority).not.toBe(before.authority)
  // A setup afterwards writes nothing.
  webhook.cluster.calls.clear()
  await webhook.setUp({ ...ownCa, image })
  expect(writesTo(webhook.cluster)).toEqual([])
})

it('records the validity of a kept and of a new certificate, and nothing in a dry run', async () => {
  const webhook = await setUp(200)
  await recordOperation(newOperation({ cluster: 'prod' }))
  const recorded = async () => (await readCluster('prod'))?.cluster.status.webhook?.certificate
  const validity = async () => validityOf((await secretOf(webhook)).certificate)
  await renew(webhook, { dryRun: true })
  expect(await recorded()).toBeUndefined()
  await renew(webhook)
  const kept = await validity()
  expect(await recorded()).toEqual(kept)
  await ageCertificate({ ...webhook, image }, 270)
  await renew(webhook)
  expect(await recorded()).toEqual(await validity())
  expect((await validity()).notAfter > kept.notAfter).toBe(true)
})

// The rules do not depend on the version of Kubernetes, so one real API server is enough.
describe.each(versionsHere('1.33.2'))('on Kubernetes %s', () => {
  it('a dry run reports the same changes, and writes nothing', async () => {
    const webhook = await setUp(270)
    const reported = await renew(webhook, { dryRun: true })
    expect(writesTo(webhook.cluster)).toEqual([])
    expect(await renew(webhook)).toEqual(reported)
  })

  it('fails for a webhook that another client has deleted, and does not install it', async () => {
    const webhook = await setUp(270)
    await webhook.client.delete({ apiVersion: 'apps/v1', kind: 'Deployment', name, namespace: webhook.namespace })
    webhook.cluster.calls.clear()
    await expect(renew(webhook)).rejects.toMatchObject({
      name: 'ObjectMissing',
      object: `Deployment ${webhook.namespace}/${name}`,
      action: expect.stringContaining('setup'),
    })
    expect(writesTo(webhook.cluster)).toEqual([])
  })

  it('keeps the image of the Deployment if the record has another one, as after a failed setup', async () => {
    const webhook = await setUp(270)
    expect(await renew(webhook, { recorded: `${image}-before` })).toMatchObject({ certificate: 'renewed' })
    const deployment = await objectIn(webhook.cluster, 'Deployment', { name, namespace: webhook.namespace })
    expect(at(deployment, 'spec', 'template', 'spec', 'containers')).toMatchObject([{ image }])
  })

  it('refuses credentials of another cluster, and writes nothing there', async () => {
    const webhook = await setUp(270)
    await expect(renew(webhook, { issuerUrl: 'https://issuer.example/another' })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: webhook.target.credentialsSecretArn,
    })
    expect(writesTo(webhook.cluster)).toEqual([])
  })

  it('refuses a configuration of another owner, and writes nothing', async () => {
    const webhook = await setUp(270)
    const client = webhook.client
    const ref = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', name } as const
    const configuration = await client.get(ref)
    if (!configuration) throw new Error('there is no configuration')
    await client.patchMetadata(ref, configuration, { labels: { [kubernetesOwnership.managedByLabel]: null } })
    webhook.cluster.calls.clear()
    await expect(renew(webhook)).rejects.toMatchObject({ name: 'OwnershipConflict' })
    expect(writesTo(webhook.cluster)).toEqual([])
  })
})
