import { describe, expect, it } from 'vitest'
import { apply } from '../../../lambdas/objects/apply.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { certificateSecretManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { missingFromPod, proofPod } from '../../../lambdas/webhook/desired/proof-pod.ts'
import { callsTo, writesTo } from '../../support/kubernetes/clusters.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf, type WebhookCluster, waitingOf } from '../../support/webhook/webhook-setup.ts'

const roleArn = 'arn:aws:iam::123456789012:role/reader'
const ownCa = { certificate: 'own-ca' } as const

const clusters = webhookClusters()

async function deployed() {
  const webhook = await clusters.start()
  return { ...webhook, installed: outputOf(await webhook.deploy(ownCa)) }
}

type InstalledWebhook = Parameters<WebhookCluster['check']>[0]

/** Polls, because real pods start slowly, and a real API server takes a moment to use a new configuration. */
async function expectReason({ check }: WebhookCluster, installed: InstalledWebhook, words: string): Promise<void> {
  const reason = async () => waitingOf(await check(installed))
  await expect.poll(reason, { timeout: 60_000 }).toContain(words)
}

it('passes when the webhook mutates the pod of the canary', async () => {
  const { cluster, namespace, check, installed } = await deployed()
  await expect.poll(() => check(installed), { timeout: 60_000 }).toMatchObject({ output: {} })
  expect(await cluster.objects('MutatingWebhookConfiguration')).toMatchObject([
    { metadata: { name: 'pod-identity-webhook-canary' }, webhooks: [{ failurePolicy: 'Fail' }] },
  ])
  const pods = await cluster.objects('Pod', namespace)
  expect(pods.filter(({ metadata }) => metadata.name.startsWith('workload-'))).toEqual([])
})

describe('reports why it waits', () => {
  it('for an image that cannot be pulled', async () => {
    const { deploy, check } = await clusters.start()
    const image = 'registry.example/no-such/amazon-eks-pod-identity-webhook:v9.9.9'
    const installed = outputOf(await deploy({ ...ownCa, image }))
    await expect
      .poll(async () => waitingOf(await check(installed)), { timeout: 60_000 })
      .toMatch(/Deployment .*: 0 of 2 pods are available; pod .*: (ErrImagePull|ImagePullBackOff)/)
    const result = await check(installed)
    expect('waiting' in result && result.waiting.events).not.toEqual([])
  })

  it('for pods that cannot be created, with the events that give the reason', async () => {
    const { client, deploy, check } = await clusters.start()
    const clientConfig = { service: { namespace: 'policies', name: 'gone' } }
    const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }]
    const rule = { name: 'rule.policies.example', failurePolicy: 'Fail', clientConfig, rules, sideEffects: 'None' }
    await client.create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'policies' },
      webhooks: [{ ...rule, admissionReviewVersions: ['v1'] }],
    })
    const installed = outputOf(await deploy(ownCa))
    await expect
      .poll(() => check(installed), { timeout: 60_000 })
      .toMatchObject({
        waiting: {
          reason: expect.stringContaining('its pods cannot be created (FailedCreate)'),
          events: expect.arrayContaining([
            expect.objectContaining({
              reason: 'FailedCreate',
              message: expect.stringContaining('rule.policies.example'),
            }),
          ]),
        },
      })
  })

  it('for a certificate that the API server cannot trust', async () => {
    const webhook = await deployed()
    await expect.poll(() => webhook.check(webhook.installed), { timeout: 60_000 }).toMatchObject({ output: {} })
    const { namespace } = webhook
    const [mine, other] = [await makeCertificate(namespace, new Date()), await makeCertificate(namespace, new Date())]
    const manifest = certificateSecretManifest(namespace, { ...mine, authority: other.authority })
    await apply(webhook.client, manifest, { adopt: false })
    await expectReason(webhook, webhook.installed, 'of an authority that the caBundle does not contain')
  })
})

it('tests an active webhook with a dry run of a pod of an account with a role, and writes nothing', async () => {
  const webhook = await clusters.start()
  const metadata = {
    name: 'reader',
    namespace: 'default',
    annotations: { 'eks.amazonaws.com/role-arn': roleArn },
  }
  await apply(webhook.client, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { adopt: false })
  await webhook.setUp(ownCa)
  const pod = () =>
    webhook.client.create(proofPod({ namespace: 'default', serviceAccount: 'reader' }), { dryRun: true })
  await expect.poll(async () => missingFromPod(await pod(), roleArn), { timeout: 20_000 }).toEqual([])
  webhook.cluster.calls.clear()
  const installed = { mode: 'own-ca', image: 'a', namespace: webhook.namespace, replicas: 2 } as const
  expect(await webhook.check(installed)).toEqual({ output: {}, changes: [] })
  expect(writesTo(webhook.cluster)).toEqual([])
  expect(webhook.cluster.calls.all().map(({ operation }) => operation)).toContainEqual(expect.stringContaining('pods'))
})

it('fails with ConcurrentChange when another client has deleted the Secret', async () => {
  const { client, namespace, check, installed } = await deployed()
  const secret = { apiVersion: 'v1', kind: 'Secret', name: 'pod-identity-webhook-tls', namespace }
  await client.delete(secret)
  await expect(check(installed)).rejects.toMatchObject({ name: 'ConcurrentChange' })
})

it.each(['managed', 'none'] as const)('sends the cluster no request in mode %s', async (mode) => {
  const { cluster, check } = await clusters.start()
  cluster.calls.clear()
  expect(await check({ mode })).toEqual({ output: {}, changes: [] })
  expect(callsTo(cluster)).toEqual([])
})
