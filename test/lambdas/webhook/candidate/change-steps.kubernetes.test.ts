/** What a change of a webhook in use refuses, and what it deletes. */

import { describe, expect, it } from 'vitest'
import { at } from '../../../../sandbox/kubernetes/objects/objects.ts'
import { objectIn, writeAs, writesTo } from '../../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../../support/kubernetes/kubernetes-peer.ts'
import { changeWebhook } from '../../../support/webhook/webhook-change.ts'
import { webhookClusters } from '../../../support/webhook/webhook-clusters.ts'

const world = webhookClusters()

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const ownCa = { certificate: 'own-ca', image: `${repository}:v0.5.0` } as const
const newest = { certificate: 'own-ca', image: `${repository}:v0.6.17` } as const

// By rules that know no version: one real API server tells as much as two.
describe.each(versionsHere('1.33.2'))('a change on Kubernetes %s writes nothing', (version) => {
  it.each([
    ['another namespace', { namespace: 'elsewhere' }, 'is installed in the namespace'],
    ['an image that cannot ask for its certificate', { certificate: 'csr' }, 'csr|own-ca'],
  ] as const)('when it is asked for %s', async (_, ask, words) => {
    const made = await world.start({ version })
    await made.setUp(ownCa)
    made.cluster.calls.clear()
    const { error, cause } = await changeWebhook(made, { ...newest, ...ask })
    expect(error).toBe('Unsupported')
    expect(cause).toMatch(new RegExp(words))
    expect(writesTo(made.cluster)).toEqual([])
  })

  it.each([
    ['v1', 'Service'],
    ['v1', 'ServiceAccount'],
    ['v1', 'Secret'],
    ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ])('when somebody else has an object of %s %s under a name that it needs', async (apiVersion, kind) => {
    const made = await world.start({ version })
    await made.setUp(ownCa)
    const name = `pod-identity-webhook-candidate${kind === 'Secret' ? '-tls' : ''}`
    const isWide = kind === 'MutatingWebhookConfiguration'
    const metadata = { name, ...(!isWide && { namespace: made.namespace }) }
    const spec = kind === 'Service' ? { spec: { ports: [{ port: 80 }] } } : {}
    await made.client.create({ apiVersion, kind, metadata, ...spec })
    made.cluster.calls.clear()
    expect(await changeWebhook(made, newest)).toMatchObject({ error: 'OwnershipConflict' })
    expect(writesTo(made.cluster)).toEqual([])
    expect(await objectIn(made.cluster, kind, metadata)).toBeDefined()
    await made.client.delete({ apiVersion, kind, ...metadata })
  })
})

describe.each(versionsHere('1.33.2'))('a webhook that somebody has scaled on Kubernetes %s', (version) => {
  it('is not tried out beside, since it could not be rolled: the field and its manager are named', async () => {
    const made = await world.start({ version })
    await made.setUp(newest)
    const metadata = { name: 'pod-identity-webhook', namespace: made.namespace }
    await writeAs(made.cluster, 'kubectl-scale', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 3 },
    })
    made.cluster.calls.clear()
    const { error, cause, failedIn } = await changeWebhook(made, newest)
    expect({ error, failedIn }).toEqual({ error: 'FieldConflict', failedIn: 'DeployWebhook' })
    expect(cause).toContain('replicas')
    expect(writesTo(made.cluster)).toEqual([])
  })
})

it.each(versionsHere('1.21.14'))(
  'left-over requests of the webhook’s account are deleted, and those of nobody else, on Kubernetes %s',
  async (version) => {
    const made = await world.start({ version })
    await made.setUp({ certificate: 'csr' })
    const own = (await made.cluster.objects('CertificateSigningRequest')).map(({ metadata }) => metadata.name)
    expect(own.length).toBeGreaterThan(0)
    const [pattern] = await made.cluster.objects('CertificateSigningRequest')
    const others = await made.client.create({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'of-somebody-else' },
      spec: {
        request: at(pattern, 'spec', 'request'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    })
    await changeWebhook(made, { certificate: 'own-ca' })
    const remaining = (await made.cluster.objects('CertificateSigningRequest')).map(({ metadata }) => metadata.name)
    expect(remaining).toEqual([others.metadata?.name])
    await made.client.delete({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      name: 'of-somebody-else',
    })
  },
)
