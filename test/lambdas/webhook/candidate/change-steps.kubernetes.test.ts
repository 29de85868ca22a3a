/** Changes of a webhook in use: the requests that are refused, and the objects that are deleted. */

import { describe, expect, it } from 'vitest'
import { at } from '../../../../sandbox/kubernetes/objects/objects.ts'
import { objectIn, writeAs, writesTo } from '../../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../../support/kubernetes/kubernetes-peer.ts'
import { changeWebhook } from '../../../support/webhook/webhook-change.ts'
import { webhookClusters } from '../../../support/webhook/webhook-clusters.ts'

const clusters = webhookClusters()

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const ownCa = { certificate: 'own-ca', image: `${repository}:v0.5.0` } as const
const newest = { certificate: 'own-ca', image: `${repository}:v0.6.17` } as const

// The rules do not depend on the version of Kubernetes, so one real API server is enough.
describe.each(versionsHere('1.33.2'))('a change on Kubernetes %s writes nothing', (version) => {
  it.each([
    ['another namespace', { namespace: 'elsewhere' }, 'is installed in the namespace'],
    ['an image that cannot request its certificate', { certificate: 'csr' }, 'csr|own-ca'],
  ] as const)('when the request has %s', async (_, change, words) => {
    const webhook = await clusters.start({ version })
    await webhook.setUp(ownCa)
    webhook.cluster.calls.clear()
    const { error, cause } = await changeWebhook(webhook, { ...newest, ...change })
    expect(error).toBe('Unsupported')
    expect(cause).toMatch(new RegExp(words))
    expect(writesTo(webhook.cluster)).toEqual([])
  })

  it.each([
    ['v1', 'Service'],
    ['v1', 'ServiceAccount'],
    ['v1', 'Secret'],
    ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ])('when another client owns an object of %s %s with a name that it needs', async (apiVersion, kind) => {
    const webhook = await clusters.start({ version })
    await webhook.setUp(ownCa)
    const name = `pod-identity-webhook-candidate${kind === 'Secret' ? '-tls' : ''}`
    const isClusterScoped = kind === 'MutatingWebhookConfiguration'
    const metadata = { name, ...(!isClusterScoped && { namespace: webhook.namespace }) }
    const spec = kind === 'Service' ? { spec: { ports: [{ port: 80 }] } } : {}
    await webhook.client.create({ apiVersion, kind, metadata, ...spec })
    webhook.cluster.calls.clear()
    expect(await changeWebhook(webhook, newest)).toMatchObject({ error: 'OwnershipConflict' })
    expect(writesTo(webhook.cluster)).toEqual([])
    expect(await objectIn(webhook.cluster, kind, metadata)).toBeDefined()
    await webhook.client.delete({ apiVersion, kind, ...metadata })
  })
})

describe.each(versionsHere('1.33.2'))('a webhook that was scaled with kubectl on Kubernetes %s', (version) => {
  it('gets no candidate, because a rollout would conflict: the error names the field and its manager', async () => {
    const webhook = await clusters.start({ version })
    await webhook.setUp(newest)
    const metadata = { name: 'pod-identity-webhook', namespace: webhook.namespace }
    await writeAs(webhook.cluster, 'kubectl-scale', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 3 },
    })
    webhook.cluster.calls.clear()
    const { error, cause, failedIn } = await changeWebhook(webhook, newest)
    expect({ error, failedIn }).toEqual({ error: 'FieldConflict', failedIn: 'DeployWebhook' })
    expect(cause).toContain('replicas')
    expect(writesTo(webhook.cluster)).toEqual([])
  })
})

it.each(versionsHere('1.21.14'))(
  'deletes left-over requests of the webhook’s account, and those of no other account, on Kubernetes %s',
  async (version) => {
    const webhook = await clusters.start({ version })
    await webhook.setUp({ certificate: 'csr' })
    const own = (await webhook.cluster.objects('CertificateSigningRequest')).map(({ metadata }) => metadata.name)
    expect(own.length).toBeGreaterThan(0)
    const [pattern] = await webhook.cluster.objects('CertificateSigningRequest')
    const others = await webhook.client.create({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'of-somebody-else' },
      spec: {
        request: at(pattern, 'spec', 'request'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    })
    await changeWebhook(webhook, { certificate: 'own-ca' })
    const remaining = (await webhook.cluster.objects('CertificateSigningRequest')).map(({ metadata }) => metadata.name)
    expect(remaining).toEqual([others.metadata?.name])
    await webhook.client.delete({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      name: 'of-somebody-else',
    })
  },
)
