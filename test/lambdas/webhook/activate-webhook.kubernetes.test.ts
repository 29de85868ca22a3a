import { afterAll, beforeAll, expect, it } from 'vitest'
import { apply } from '../../../lambdas/objects/apply.ts'
import { canaryAccount } from '../../../lambdas/webhook/desired/canary.ts'
import { canaryConfiguration, realConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { callsTo, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { outputOf, startWebhookClusters, type WebhookClusters } from '../../support/webhook/webhook-setup.ts'

let world: WebhookClusters

beforeAll(async () => {
  world = await startWebhookClusters()
})
afterAll(() => world.end())

async function deployed() {
  const made = await world.start()
  return { ...made, installed: outputOf(await made.deploy({ certificate: 'own-ca' })) }
}

it('sends pods to the webhook, by the authority of its Secret, and removes the canary', async () => {
  const { cluster, client, namespace, activate, installed } = await deployed()
  await apply(client, canaryAccount(namespace), { adopt: false })
  await apply(client, canaryConfiguration({ namespace, authorities: cluster.caPem }), { adopt: false })
  cluster.calls.clear()
  const result = await activate(installed)
  const applies = cluster.calls.all().filter(({ operation }) => operation.startsWith('PATCH '))
  expect(applies.map(({ write }) => write)).toEqual([false, true])
  expect(result.changes).toEqual([
    { object: 'MutatingWebhookConfiguration pod-identity-webhook', action: 'created' },
    { object: 'MutatingWebhookConfiguration pod-identity-webhook-canary', action: 'deleted' },
    { object: `ServiceAccount ${namespace}/pod-identity-webhook-canary`, action: 'deleted' },
  ])
  const secret = await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })
  expect(await cluster.objects('MutatingWebhookConfiguration')).toMatchObject([
    {
      webhooks: [
        {
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          admissionReviewVersions: ['v1beta1'],
          clientConfig: { caBundle: at(secret?.data, 'ca.crt') },
        },
      ],
    },
  ])
  cluster.calls.clear()
  expect((await activate(installed)).changes).toMatchObject([{ action: 'unchanged' }])
  expect(writesTo(cluster)).toEqual([])
})

it('changes the failure policy, and nothing else', async () => {
  const { cluster, activate, installed } = await deployed()
  await activate(installed)
  const result = await activate(installed, { failurePolicy: 'Fail' })
  expect(result.changes).toMatchObject([
    { action: 'updated', detail: 'webhooks[pod-identity-webhook.amazonaws.com].failurePolicy' },
  ])
  expect(await cluster.objects('MutatingWebhookConfiguration')).toMatchObject([
    { webhooks: [{ failurePolicy: 'Fail' }] },
  ])
})

it('takes back what somebody has changed with kubectl when objects are adopted, and only then', async () => {
  const { cluster, namespace, activate, installed } = await deployed()
  await activate(installed)
  const secret = await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })
  const authorities = Buffer.from(String(at(secret?.data, 'ca.crt')), 'base64').toString()
  await writeAs(cluster, 'kubectl-edit', realConfiguration({ namespace, authorities }, 'Fail'))
  await expect(activate(installed)).rejects.toMatchObject({ name: 'FieldConflict' })
  expect((await activate(installed, { adopt: true })).changes).toMatchObject([{ action: 'updated' }])
  expect(await cluster.objects('MutatingWebhookConfiguration')).toMatchObject([
    { webhooks: [{ failurePolicy: 'Ignore' }] },
  ])
})

it('is refused on EKS', async () => {
  const { activate, installed } = await deployed()
  const issuerUrl = 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC'
  await expect(activate(installed, { issuerUrl })).rejects.toMatchObject({ name: 'Unsupported' })
})

it('leaves a configuration that somebody made meanwhile', async () => {
  const { cluster, namespace, activate, installed } = await deployed()
  const { metadata, webhooks } = realConfiguration({ namespace, authorities: cluster.caPem }, 'Ignore')
  const apiVersion = 'admissionregistration.k8s.io/v1'
  await writeAs(cluster, 'helm', { apiVersion, kind: 'MutatingWebhookConfiguration', metadata, webhooks })
  await expect(activate(installed)).rejects.toMatchObject({ name: 'OwnershipConflict' })
})

it.each(['managed', 'none'] as const)('mode %s has nothing to do', async (mode) => {
  const { cluster, activate } = await world.start()
  cluster.calls.clear()
  expect(await activate({ mode })).toEqual({ output: {}, changes: [] })
  expect(callsTo(cluster)).toEqual([])
})
