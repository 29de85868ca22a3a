import { describe, expect, test } from 'vitest'
import {
  type ExistingDeployment,
  needsTrial,
  previousWebhook,
  upgradableDeployment,
  upgradableIn,
} from '../../../../lambdas/webhook/candidate/upgrade.ts'

const namespace = 'webhooks'
const service = (name: string) => ({ clientConfig: { service: { name, namespace } } })
const webhook = { name: 'pod-identity-webhook.amazonaws.com', ...service('pod-identity-webhook') }
const configuration = { webhooks: [webhook] }

function deployment(mode: 'own-ca' | 'csr', image: string): ExistingDeployment {
  const command = ['/webhook', mode === 'own-ca' ? '--in-cluster=false' : '--in-cluster']
  const selector = { matchLabels: { app: 'pod-identity-webhook' } }
  return { spec: { selector, template: { spec: { containers: [{ image, command }] } } } }
}

describe('a webhook can be upgraded', () => {
  test('where its configuration says that it is', () => {
    expect(upgradableIn(configuration, undefined)).toMatchObject({ namespace })
    expect(upgradableIn(configuration, namespace)).toMatchObject({ namespace })
  })

  test('while pods are sent to the one beside it', () => {
    const switched = { webhooks: [{ ...webhook, ...service('pod-identity-webhook-candidate') }] }
    expect(upgradableIn(switched, namespace)).toMatchObject({ namespace })
  })
})

describe('it cannot, and it is said why,', () => {
  test.each([
    ['without a configuration', undefined, 'it is not there'],
    ['in another namespace', configuration, 'calls the namespace webhooks and not elsewhere'],
    ['by a URL', { webhooks: [{ ...webhook, clientConfig: {} }] }, 'it calls no Service'],
    ['by another Service', { webhooks: [{ ...webhook, ...service('iam') }] }, 'it calls the Service iam'],
    ['under another name', { webhooks: [{ ...webhook, name: 'iam.example' }] }, 'its webhook is called iam.example'],
    ['with no webhook', { webhooks: [] }, 'it calls no Service'],
  ])('%s', (_, observed, reason) => {
    const result = upgradableIn(observed, 'elsewhere')
    expect('refused' in result && result.refused.reason).toContain(reason)
  })

  test('with a selector that is not the documented one, or without a Deployment', () => {
    const other = { spec: { selector: { matchLabels: { app: 'pod-identity-webhook', tier: 'a' } } } }
    expect(upgradableDeployment(other, namespace)).toMatchObject({
      refused: { object: 'Deployment webhooks/pod-identity-webhook', reason: expect.stringContaining('tier=a') },
    })
    const foreign = { spec: { selector: { matchLabels: { app: 'other' } } } }
    expect(upgradableDeployment(foreign, namespace)).toMatchObject({
      refused: { reason: expect.stringContaining('its selector is app=other and not') },
    })
    expect(upgradableDeployment(undefined, namespace)).toHaveProperty('refused')
    expect(upgradableDeployment(deployment('csr', 'a:v0.2.0'), namespace)).toHaveProperty('deployment')
  })
})

describe('it is tried out first', () => {
  const owner = { deployment: '123456789012/eu-central-1/workload-identity', cluster: 'prod' }
  const ours = { ...configuration, metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } } }

  test('unless it is what pods are sent to already', () => {
    expect(needsTrial(ours, { action: 'unchanged' }, owner)).toBe(false)
    expect(needsTrial(ours, { action: 'updated' }, owner)).toBe(true)
  })

  test('in the place of one that was made by hand, whatever its image', () => {
    expect(needsTrial(configuration, { action: 'unchanged' }, owner)).toBe(true)
    expect(needsTrial(configuration, { action: 'adopted' }, owner)).toBe(true)
    expect(needsTrial(ours, { action: 'adopted' }, owner)).toBe(true)
  })

  test('but not again while pods are sent to the one beside it', () => {
    const switched = { webhooks: [{ ...webhook, ...service('pod-identity-webhook-candidate') }] }
    expect(needsTrial(switched, { action: 'updated' }, owner)).toBe(false)
  })
})

describe('what was there before', () => {
  const at = (kubernetesMinor: number) => ({ namespace, kubernetesMinor })
  const observed = { configuration, deployment: deployment('csr', 'a:v0.2.0') }

  test('is what the record has, rather than what an upgrade has left halfway', () => {
    const recorded = { mode: 'own-ca', image: 'a:v0.1.0', namespace, replicas: 2 } as const
    expect(previousWebhook(observed, recorded, at(21))).toMatchObject({ certificate: 'own-ca', image: 'a:v0.1.0' })
  })

  test('is read off a Deployment made by hand', () => {
    expect(previousWebhook(observed, undefined, at(21))).toMatchObject({
      certificate: 'csr',
      image: 'a:v0.2.0',
      namespace,
    })
    const ownCa = { configuration, deployment: deployment('own-ca', 'a:v0.2.0') }
    expect(previousWebhook(ownCa, undefined, at(33))).toMatchObject({ certificate: 'own-ca' })
  })

  test('is nothing when it could not be installed again', () => {
    expect(previousWebhook(observed, undefined, at(22))).toBeUndefined()
    expect(previousWebhook({ configuration, deployment: {} }, undefined, at(21))).toBeUndefined()
    const ended = { configuration, deployment: deployment('csr', 'a:release-0.2.2-gke.0') }
    expect(previousWebhook(ended, undefined, at(20))).toBeUndefined()
  })

  test('keeps what becomes of pods while the webhook is away', () => {
    const fails = { ...observed, configuration: { webhooks: [{ ...webhook, failurePolicy: 'Fail' }] } }
    expect(previousWebhook(fails, undefined, at(21))).toMatchObject({ failurePolicy: 'Fail' })
    expect(previousWebhook(observed, undefined, at(21))).toMatchObject({ failurePolicy: 'Ignore' })
  })
})
