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

const world = webhookClusters()

const ownCa = { certificate: 'own-ca' } as const
const image = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'
const name = 'pod-identity-webhook'

function installedIn({ namespace }: WebhookCluster) {
  return { mode: 'own-ca', image, namespace, replicas: 2 } as const
}

async function renew(
  made: WebhookCluster,
  { dryRun = false, issuerUrl = made.cluster.settings.issuer, recorded = image } = {},
) {
  const request = { target: made.target, issuerUrl, installed: { ...installedIn(made), image: recorded } }
  const result = await renewCertificate.run(request, context(dryRun, { kubernetesMinor: made.minor }))
  if ('waiting' in result) throw new Error(`waits: ${result.waiting.reason}`)
  const changes = result.changes.map(({ object, action }) => `${action} ${object.split(' ')[0]}`)
  return { ...result.output, changes }
}

const secretOf = ({ cluster, namespace }: WebhookCluster) => servingCertificate(cluster, namespace)

/** How many authorities the API server trusts the webhook by. */
async function trustedBy(cluster: AnyCluster): Promise<number> {
  const configuration = await objectIn(cluster, 'MutatingWebhookConfiguration', { name })
  const [webhook] = (configuration?.webhooks as { clientConfig: { caBundle: string } }[] | undefined) ?? []
  return (
    Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64')
      .toString()
      .split('BEGIN CERTIFICATE').length - 1
  )
}

async function setUp(days?: number): Promise<WebhookCluster> {
  const made = await world.start()
  await bindReader(made.client)
  await made.setUp({ ...ownCa, image })
  if (days !== undefined) await ageCertificate({ ...made, image }, days)
  made.cluster.calls.clear()
  return made
}

/** When the renewal wrote the object; milliseconds. */
function writtenAt({ cluster }: WebhookCluster, path: string): number {
  return cluster.calls.all().find(({ write, operation }) => write && operation.includes(path))?.at ?? Number.NaN
}

/** Each run of a rotation, until there is nothing left to do. */
async function untilKept(made: WebhookCluster): Promise<string[]> {
  const words: string[] = []
  await expect
    .poll(
      async () => {
        const { certificate } = await renew(made)
        words.push(certificate)
        return { certificate, trusted: await trustedBy(made.cluster) }
      },
      { timeout: 60_000, interval: 500 },
    )
    .toEqual({ certificate: 'kept', trusted: 1 })
  return [...new Set(words)]
}

it('a certificate with more than a third of its life left stays, and nothing is written', async () => {
  const made = await setUp(200)
  const before = await secretOf(made)
  expect(await renew(made)).toEqual({ certificate: 'kept', changes: [] })
  expect(writesTo(made.cluster)).toEqual([])
  expect(await secretOf(made)).toEqual(before)
})

it('with less left it is renewed without a pod that misses its role, and the old authority goes in a later run', async () => {
  const made = await setUp(270)
  const before = await secretOf(made)
  const { result, load } = await underLoad(made.client, async () => {
    const first = await renew(made)
    expect(await trustedBy(made.cluster)).toBe(2)
    // Each API server learns of the configuration by its watch: lambdas/webhook/propagation.ts.
    expect(writtenAt(made, '/secrets/') - writtenAt(made, '/mutatingwebhookconfigurations/')).toBeGreaterThan(2_900)
    return [first, await untilKept(made)] as const
  })
  const [first, later] = result
  expect(first).toEqual({
    certificate: 'renewed',
    changes: ['updated MutatingWebhookConfiguration', 'updated Secret', 'updated Deployment'],
  })
  expect(later).toContain('finished')
  expect(load).toMatchObject({ without: 0, refusals: [] })
  expect(load.pods).toBeGreaterThan(5)
  const after = await secretOf(made)
  expect(after.certificate).not.toBe(before.certificate)
  expect(after.authority).not.toBe(before.authority)
  // What a setup would make of it is what it is.
  made.cluster.calls.clear()
  await made.setUp({ ...ownCa, image })
  expect(writesTo(made.cluster)).toEqual([])
})

it('records between when the certificate is valid, of one that stays and of a new one, and nothing in a dry run', async () => {
  const made = await setUp(200)
  await recordOperation(newOperation({ cluster: 'prod' }))
  const recorded = async () => (await readCluster('prod'))?.cluster.status.webhook?.certificate
  const served = async () => validityOf((await secretOf(made)).certificate)
  await renew(made, { dryRun: true })
  expect(await recorded()).toBeUndefined()
  await renew(made)
  const kept = await served()
  expect(await recorded()).toEqual(kept)
  await ageCertificate({ ...made, image }, 270)
  await renew(made)
  expect(await recorded()).toEqual(await served())
  expect((await served()).notAfter > kept.notAfter).toBe(true)
})

// By rules that know no version: one real API server tells as much as two.
describe.each(versionsHere('1.33.2'))('on Kubernetes %s', () => {
  it('a dry run says the same writes, and makes none', async () => {
    const made = await setUp(270)
    const reported = await renew(made, { dryRun: true })
    expect(writesTo(made.cluster)).toEqual([])
    expect(await renew(made)).toEqual(reported)
  })

  it('a webhook that a setup has installed and somebody has removed is not installed by a rotation', async () => {
    const made = await setUp(270)
    await made.client.delete({ apiVersion: 'apps/v1', kind: 'Deployment', name, namespace: made.namespace })
    made.cluster.calls.clear()
    await expect(renew(made)).rejects.toMatchObject({
      name: 'ObjectMissing',
      object: `Deployment ${made.namespace}/${name}`,
      action: expect.stringContaining('setup'),
    })
    expect(writesTo(made.cluster)).toEqual([])
  })

  it('a webhook of another image than the record has, as a setup leaves it that fails later, keeps its image', async () => {
    const made = await setUp(270)
    expect(await renew(made, { recorded: `${image}-before` })).toMatchObject({ certificate: 'renewed' })
    const deployment = await objectIn(made.cluster, 'Deployment', { name, namespace: made.namespace })
    expect(at(deployment, 'spec', 'template', 'spec', 'containers')).toMatchObject([{ image }])
  })

  it('credentials that lead to another cluster are refused, and nothing is written there', async () => {
    const made = await setUp(270)
    await expect(renew(made, { issuerUrl: 'https://issuer.example/another' })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: made.target.credentialsSecretArn,
    })
    expect(writesTo(made.cluster)).toEqual([])
  })

  it('a configuration that is not ours keeps everything as it is', async () => {
    const made = await setUp(270)
    const client = made.client
    const ref = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', name } as const
    const configuration = await client.get(ref)
    if (!configuration) throw new Error('there is no configuration')
    await client.patchMetadata(ref, configuration, { labels: { [kubernetesOwnership.managedByLabel]: null } })
    made.cluster.calls.clear()
    await expect(renew(made)).rejects.toMatchObject({ name: 'OwnershipConflict' })
    expect(writesTo(made.cluster)).toEqual([])
  })
})
