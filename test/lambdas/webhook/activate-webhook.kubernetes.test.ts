import { expect, it } from 'vitest'
import { apply } from '../../../lambdas/objects/apply.ts'
import { canaryAccount } from '../../../lambdas/webhook/desired/canary.ts'
import { canaryConfiguration, realConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { callsTo, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

async function deployed() {
  const webhook = await clusters.start()
  return { ...webhook, installed: outputOf(await webhook.deploy({ certificate: 'own-ca' })) }
}

it('sends pods to the webhook, with the CA of its Secret as caBundle, and deletes the canary', async () => {
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

it('changes only the failure policy when the request changes only that', async () => {
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

it('overwrites a change that was made with kubectl only when the request adopts objects', async () => {
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

it('refuses the issuer of an EKS cluster', async () => {
  const { activate, installed } = await deployed()
  const issuerUrl = 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC'
  await expect(activate(installed, { issuerUrl })).rejects.toMatchObject({ name: 'Unsupported' })
})

it('refuses to overwrite a configuration that another client has created in the meantime', async () => {
  const { cluster, namespace, activate, installed } = await deployed()
  const { metadata, webhooks } = realConfiguration({ namespace, authorities: cluster.caPem }, 'Ignore')
  const apiVersion = 'admissionregistration.k8s.io/v1'
  await writeAs(cluster, 'helm', { apiVersion, kind: 'MutatingWebhookConfiguration', metadata, webhooks })
  await expect(activate(installed)).rejects.toMatchObject({ name: 'OwnershipConflict' })
})

it.each(['managed', 'none'] as const)('sends the cluster no request in mode %s', async (mode) => {
  const { cluster, activate } = await clusters.start()
  cluster.calls.clear()
  expect(await activate({ mode })).toEqual({ output: {}, changes: [] })
  expect(callsTo(cluster)).toEqual([])
})
