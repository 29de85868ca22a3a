import { describe, expect, test } from 'vitest'
import {
  type ExistingDeployment,
  needsTrial,
  previousWebhook,
  reasonNotToAdopt,
} from '../../../../lambdas/webhook/candidate/trial.ts'

const namespace = 'webhooks'
const service = (name: string) => ({ clientConfig: { service: { name, namespace } } })
const webhook = { name: 'pod-identity-webhook.amazonaws.com', ...service('pod-identity-webhook') }
const configuration = { webhooks: [webhook] }

function deployment(mode: 'own-ca' | 'csr', image: string): ExistingDeployment {
  const command = ['/webhook', mode === 'own-ca' ? '--in-cluster=false' : '--in-cluster']
  return { spec: { template: { spec: { containers: [{ image, command }] } } } }
}

test('a webhook that was created by hand is adopted only with the documented names', () => {
  expect(reasonNotToAdopt(configuration)).toBeUndefined()
  const switched = { webhooks: [{ ...webhook, ...service('pod-identity-webhook-candidate') }] }
  expect(reasonNotToAdopt(switched)).toBeUndefined()
})

test.each([
  ['by a URL', { webhooks: [{ ...webhook, clientConfig: {} }] }, 'it calls no Service'],
  ['by another Service', { webhooks: [{ ...webhook, ...service('iam') }] }, 'it calls the Service iam'],
  ['under another name', { webhooks: [{ ...webhook, name: 'iam.example' }] }, 'its webhook is called iam.example'],
  ['without a webhook', { webhooks: [] }, 'it calls no Service'],
])('a webhook that the API server calls %s is not adopted, and the reason is reported', (_, observed, reason) => {
  expect(reasonNotToAdopt(observed)?.reason).toContain(reason)
})

describe('a candidate is tried first', () => {
  const owner = { deployment: '123456789012/eu-central-1/workload-identity', cluster: 'prod' }
  const ours = { ...configuration, metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } } }

  const planned = (action: 'created' | 'updated' | 'unchanged' | 'adopted', ...fields: string[]) => ({ action, fields })
  const image = 'spec.template.spec.containers[main].image'
  const certificate = 'spec.template.metadata.annotations.workload-identity/certificate'

  test('unless pods are sent to the same Deployment already', () => {
    expect(needsTrial(ours, planned('unchanged'), owner)).toBe(false)
    expect(needsTrial(ours, planned('updated', image), owner)).toBe(true)
  })

  test('unless only the certificate changes, because the API server trusts it before the pods use it', () => {
    expect(needsTrial(ours, planned('updated', certificate), owner)).toBe(false)
    expect(needsTrial(ours, planned('updated', certificate, image), owner)).toBe(true)
  })

  test('unless no pods are sent to a webhook, or no webhook exists', () => {
    expect(needsTrial(undefined, planned('updated', image), owner)).toBe(false)
    expect(needsTrial(ours, planned('created'), owner)).toBe(false)
    expect(needsTrial(ours, undefined, owner)).toBe(false)
  })

  test('before a webhook that was created by hand is replaced, whatever its image', () => {
    expect(needsTrial(configuration, planned('unchanged'), owner)).toBe(true)
    expect(needsTrial(configuration, planned('adopted'), owner)).toBe(true)
    expect(needsTrial(ours, planned('adopted'), owner)).toBe(true)
  })

  test('but not again while pods are sent to the candidate', () => {
    const switched = { webhooks: [{ ...webhook, ...service('pod-identity-webhook-candidate') }] }
    expect(needsTrial(switched, planned('updated', image), owner)).toBe(false)
  })
})

describe('the previous webhook', () => {
  const at = (kubernetesMinor: number) => ({ namespace, kubernetesMinor })
  const observed = { configuration, deployment: deployment('csr', 'a:v0.2.0') }

  test('is the recorded one, and not what an interrupted change has left', () => {
    const recorded = { mode: 'own-ca', image: 'a:v0.1.0', namespace, replicas: 2 } as const
    expect(previousWebhook(observed, recorded, at(21))).toMatchObject({ certificate: 'own-ca', image: 'a:v0.1.0' })
  })

  test('is read from a Deployment that was created by hand', () => {
    expect(previousWebhook(observed, undefined, at(21))).toMatchObject({
      certificate: 'csr',
      image: 'a:v0.2.0',
      namespace,
    })
    const ownCa = { configuration, deployment: deployment('own-ca', 'a:v0.2.0') }
    expect(previousWebhook(ownCa, undefined, at(33))).toMatchObject({ certificate: 'own-ca' })
  })

  test('is undefined when it could not be installed again', () => {
    expect(previousWebhook(observed, undefined, at(22))).toBeUndefined()
    expect(previousWebhook({ configuration, deployment: {} }, undefined, at(21))).toBeUndefined()
    const ended = { configuration, deployment: deployment('csr', 'a:release-0.2.2-gke.0') }
    expect(previousWebhook(ended, undefined, at(20))).toBeUndefined()
  })

  test('keeps its failure policy', () => {
    const fails = { ...observed, configuration: { webhooks: [{ ...webhook, failurePolicy: 'Fail' }] } }
    expect(previousWebhook(fails, undefined, at(21))).toMatchObject({ failurePolicy: 'Fail' })
    expect(previousWebhook(observed, undefined, at(21))).toMatchObject({ failurePolicy: 'Ignore' })
  })
})
