import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply } from '../../../lambdas/objects/apply.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { certificateSecretManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { missingFromPod, proofPod } from '../../../lambdas/webhook/desired/proof-pod.ts'
import { callsTo, writesTo } from '../../support/kubernetes/clusters.ts'
import {
  outputOf,
  startWebhookClusters,
  type WebhookCluster,
  type WebhookClusters,
  waitingOf,
} from '../../support/webhook/webhook-setup.ts'

const roleArn = 'arn:aws:iam::123456789012:role/reader'
const ownCa = { certificate: 'own-ca' } as const

let world: WebhookClusters

beforeAll(async () => {
  world = await startWebhookClusters()
})
afterAll(() => world.end())

async function deployed() {
  const made = await world.start()
  return { ...made, installed: outputOf(await made.deploy(ownCa)) }
}

type Installed = Parameters<WebhookCluster['check']>[0]

/** Real pods take their time to start, and an API server to take up a configuration. */
async function expectReason({ check }: WebhookCluster, installed: Installed, words: string): Promise<void> {
  const reason = async () => waitingOf(await check(installed))
  await expect.poll(reason, { timeout: 60_000 }).toContain(words)
}

it('passes when the API server gets the pod of the canary mutated', async () => {
  const { cluster, namespace, check, installed } = await deployed()
  await expect.poll(() => check(installed), { timeout: 60_000 }).toMatchObject({ output: {} })
  expect(await cluster.objects('MutatingWebhookConfiguration')).toMatchObject([
    { metadata: { name: 'pod-identity-webhook-canary' }, webhooks: [{ failurePolicy: 'Fail' }] },
  ])
  const pods = await cluster.objects('Pod', namespace)
  expect(pods.filter(({ metadata }) => metadata.name.startsWith('workload-'))).toEqual([])
})

describe('says why it waits', () => {
  it('for an image that is not there', async () => {
    const { deploy, check } = await world.start()
    const image = 'registry.example/no-such/amazon-eks-pod-identity-webhook:v9.9.9'
    const installed = outputOf(await deploy({ ...ownCa, image }))
    await expect
      .poll(async () => waitingOf(await check(installed)), { timeout: 60_000 })
      .toMatch(/Deployment .*: 0 of 2 pods are available; pod .*: (ErrImagePull|ImagePullBackOff)/)
    const result = await check(installed)
    expect('waiting' in result && result.waiting.events).not.toEqual([])
  })

  it('for pods that cannot be made, with the events that tell why', async () => {
    const { client, deploy, check } = await world.start()
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
    const made = await deployed()
    await expect.poll(() => made.check(made.installed), { timeout: 60_000 }).toMatchObject({ output: {} })
    const { namespace } = made
    const [mine, other] = [await makeCertificate(namespace, new Date()), await makeCertificate(namespace, new Date())]
    const manifest = certificateSecretManifest(namespace, { ...mine, authority: other.authority })
    await apply(made.client, manifest, { adopt: false })
    await expectReason(made, made.installed, 'of an authority that the caBundle does not name')
  })
})

it('an active webhook is asked by a pod of an account that it serves, and nothing is written', async () => {
  const made = await world.start()
  const metadata = {
    name: 'reader',
    namespace: 'default',
    annotations: { 'eks.amazonaws.com/role-arn': roleArn },
  }
  await apply(made.client, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { adopt: false })
  await made.setUp(ownCa)
  const pod = () => made.client.create(proofPod({ namespace: 'default', serviceAccount: 'reader' }), { dryRun: true })
  await expect.poll(async () => missingFromPod(await pod(), roleArn), { timeout: 20_000 }).toEqual([])
  made.cluster.calls.clear()
  const installed = { mode: 'own-ca', image: 'a', namespace: made.namespace, replicas: 2 } as const
  expect(await made.check(installed)).toEqual({ output: {}, changes: [] })
  expect(writesTo(made.cluster)).toEqual([])
  expect(made.cluster.calls.all().map(({ operation }) => operation)).toContainEqual(expect.stringContaining('pods'))
})

it('an authority that has gone is said to have gone', async () => {
  const { client, namespace, check, installed } = await deployed()
  const secret = { apiVersion: 'v1', kind: 'Secret', name: 'pod-identity-webhook-tls', namespace }
  await client.delete(secret)
  await expect(check(installed)).rejects.toMatchObject({ name: 'ConcurrentChange' })
})

it.each(['managed', 'none'] as const)('mode %s is asked nothing', async (mode) => {
  const { cluster, check } = await world.start()
  cluster.calls.clear()
  expect(await check({ mode })).toEqual({ output: {}, changes: [] })
  expect(callsTo(cluster)).toEqual([])
})
