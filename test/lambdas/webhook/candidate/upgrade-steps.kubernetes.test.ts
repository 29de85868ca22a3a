/** What an upgrade refuses, lists and restarts. */

import { describe, expect, it } from 'vitest'
import * as restartControllers from '../../../../lambdas/service-account/restart-controllers.ts'
import { asString, at, objectsIn } from '../../../../sandbox/kubernetes/objects.ts'
import { objectIn, writeAs, writesTo } from '../../../support/clusters.ts'
import { versionsHere } from '../../../support/kubernetes-peer.ts'
import { bindReader, missingNow } from '../../../support/pod-load.ts'
import { webhookClusters } from '../../../support/webhook-clusters.ts'
import { context, type WebhookCluster } from '../../../support/webhook-setup.ts'
import { runUpgrade, type Upgraded } from '../../../support/webhook-upgrade.ts'

const world = webhookClusters()

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const ownCa = { certificate: 'own-ca', image: `${repository}:v0.5.0` } as const
const newest = { certificate: 'own-ca', image: `${repository}:v0.6.17` } as const

async function expectMutated({ client }: WebhookCluster): Promise<void> {
  await expect.poll(() => missingNow(client), { timeout: 20_000 }).toEqual([])
}

// By rules that know no version: one real API server tells as much as two.
describe.each(versionsHere('1.33.2'))('an upgrade on Kubernetes %s writes nothing', (version) => {
  it('on a cluster without a webhook', async () => {
    const made = await world.start({ version })
    made.cluster.calls.clear()
    const { error, cause } = await runUpgrade(made, newest)
    expect({ error, cause }).toEqual({ error: 'Unsupported', cause: expect.stringContaining('webhook.mode install') })
    expect(writesTo(made.cluster)).toEqual([])
  })

  it.each([
    ['another namespace', { namespace: 'elsewhere' }, 'and not elsewhere'],
    ['an image that cannot ask for its certificate', { certificate: 'csr' }, 'csr|own-ca'],
  ] as const)('when it is asked for %s', async (_, ask, words) => {
    const made = await world.start({ version })
    await made.setUp(ownCa)
    made.cluster.calls.clear()
    const { error, cause } = await runUpgrade(made, { ...newest, ...ask })
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
    expect(await runUpgrade(made, newest)).toMatchObject({ error: 'OwnershipConflict' })
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
    const { error, cause, failedIn } = await runUpgrade(made, newest)
    expect({ error, failedIn }).toEqual({ error: 'FieldConflict', failedIn: 'DeployCandidate' })
    expect(cause).toContain('replicas')
    expect(writesTo(made.cluster)).toEqual([])
  })
})

describe('pods that ran without their role', () => {
  const reader = { namespace: 'default', serviceAccountName: 'reader' }
  const unmutatedIn = { namespace: 'default', serviceAccount: 'reader', pods: ['pod'], count: 1 }
  const containers = [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }]

  /** Recreate: on the nodes of the tests these pods never become ready. */
  function deployment(name: string, serviceAccountName: string) {
    const labels = { app: name }
    const template = { metadata: { labels }, spec: { serviceAccountName, containers } }
    const metadata = { name, namespace: reader.namespace }
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, strategy: { type: 'Recreate' }, template },
    }
  }

  /** They are there before the webhook. */
  async function withPods(): Promise<WebhookCluster> {
    const made = await world.start()
    await bindReader(made.client)
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'plain', namespace: reader.namespace },
    }
    await writeAs(made.cluster, 'kubectl', account)
    for (const one of [deployment('reports', 'reader'), deployment('other', 'plain')]) {
      await writeAs(made.cluster, 'kubectl', one)
    }
    const alone = { name: 'alone', namespace: reader.namespace }
    const spec = { serviceAccountName: 'reader', containers }
    await made.client.create({ apiVersion: 'v1', kind: 'Pod', metadata: alone, spec })
    await expect.poll(() => made.cluster.objects('Pod', 'default'), { timeout: 30_000 }).toHaveLength(3)
    await made.setUp(newest)
    await expectMutated(made)
    made.cluster.calls.clear()
    return made
  }

  const rolesIn = async ({ cluster }: WebhookCluster) =>
    (await cluster.objects('Pod', 'default'))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map((pod) => [
        asString(pod.metadata.name).split('-')[0],
        objectsIn(at(objectsIn(at(pod, 'spec', 'containers'))[0], 'env')).some(({ name }) => name === 'AWS_ROLE_ARN'),
      ])
      .sort()

  async function clean({ client }: WebhookCluster): Promise<void> {
    for (const name of ['reports', 'other']) {
      await client.delete({ apiVersion: 'apps/v1', kind: 'Deployment', name, namespace: 'default' })
    }
    await client.delete({ apiVersion: 'v1', kind: 'Pod', name: 'alone', namespace: 'default' })
  }

  it('are listed with their controllers, which are restarted only when that is asked for, and no others', async () => {
    const made = await withPods()
    const observed: unknown[] = []
    const listed = await runUpgrade(made, { ...newest, observed: (output) => observed.push(output) })
    expect(listed.status).toBe('SUCCEEDED')
    expect(writesTo(made.cluster)).toEqual([])
    const controller = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'reports' }
    expect(observed).toMatchObject([
      {
        unmutated: expect.arrayContaining([
          { namespace: 'default', serviceAccount: 'reader', pods: ['alone'], count: 1 },
          { namespace: 'default', serviceAccount: 'reader', controller, pods: [expect.any(String)], count: 1 },
        ]),
        unseen: [],
      },
    ])

    const expected = [{ object: 'Deployment default/reports', action: 'updated' }]
    const differing = ({ changes }: Upgraded) => changes.filter(({ action }) => action !== 'unchanged')
    expect(differing(await runUpgrade(made, { ...newest, restart: true, dryRun: true }))).toMatchObject(expected)
    expect(writesTo(made.cluster)).toEqual([])
    expect(differing(await runUpgrade(made, { ...newest, restart: true }))).toMatchObject(expected)
    const desired = [
      ['alone', false],
      ['other', false],
      ['reports', true],
    ]
    await expect.poll(() => rolesIn(made), { timeout: 60_000 }).toEqual(desired)
    await clean(made)
  })

  it('and whose controller has gone meanwhile are no failure, and keep no other from its restart', async () => {
    const made = await withPods()
    const name = 'other'
    const controllers = ['gone', name].map((each) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name: each }))
    const unmutated = controllers.map((controller) => ({ ...unmutatedIn, controller }))
    const result = await restartControllers.run(
      { target: made.target, unmutated, at: '2026-11-26T12:00:00Z' },
      context(),
    )
    expect(result).toMatchObject({ output: { remaining: [] }, changes: [{ object: 'Deployment default/other' }] })
    expect(result.changes).toHaveLength(1)
    await clean(made)
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
    await runUpgrade(made, { certificate: 'own-ca' })
    const remaining = (await made.cluster.objects('CertificateSigningRequest')).map(({ metadata }) => metadata.name)
    expect(remaining).toEqual([others.metadata?.name])
    await made.client.delete({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      name: 'of-somebody-else',
    })
  },
)
