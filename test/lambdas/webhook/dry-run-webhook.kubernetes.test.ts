/** What a dry run of the webhook's steps tells is what they then do, whatever they find. */

import { describe, expect, it } from 'vitest'
import { apply } from '../../../lambdas/objects/apply.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { certificateSecretManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { until } from '../../support/kubernetes/api-requests.ts'
import { objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { documentedManifest } from '../../support/webhook/documented-webhook.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import type { Ask, WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const world = webhookClusters()

const ownCa = { certificate: 'own-ca' } as const
const name = 'pod-identity-webhook'
const configuration = `MutatingWebhookConfiguration ${name}`

/** What is written, each once; under which names the webhook makes its requests, nobody can know before. */
function writesIn(changes: readonly Change[]): string[] {
  const written = changes.filter(({ action }) => action !== 'unchanged')
  const shown = written.map(
    ({ object, action }) => `${action} ${object.replace(/^(CertificateSigningRequest) .*/, '$1')}`,
  )
  return [...new Set(shown)].toSorted()
}

/**
 * Where a candidate is put up, pods are sent to it for a while, a canary tries the webhook that is changed meanwhile, and
 * requests that are left over are deleted at last. A plan reports the candidate alone.
 */
function lastingOf(writes: readonly string[]): readonly string[] {
  if (!writes.some((write) => write.includes('-candidate'))) return writes
  const unplanned = [`updated ${configuration}`, 'deleted CertificateSigningRequest']
  return writes.filter((write) => !write.includes('-canary') && !unplanned.includes(write))
}

/** Plans, sees that nothing was written, sets up, and sees that it was what the plan told; gives back the plan. */
async function planThenSetUp({ cluster, plan, setUp }: WebhookCluster, ask: Ask): Promise<readonly Change[]> {
  cluster.calls.clear()
  const { changes, waiting } = await plan(ask)
  expect(writesTo(cluster)).toEqual([])
  expect(waiting).toEqual([])
  expect(changes.flatMap(({ refused }) => refused ?? [])).toEqual([])
  expect(lastingOf(writesIn(changes))).toEqual(lastingOf(writesIn(await setUp(ask))))
  return changes
}

async function nothingIsLeft({ cluster, plan }: WebhookCluster, ask: Ask): Promise<void> {
  cluster.calls.clear()
  const { changes, waiting } = await plan(ask)
  expect(writesIn(changes)).toEqual([])
  expect(waiting).toEqual([])
  expect(writesTo(cluster)).toEqual([])
}

/** Its controller has looked at it as it now is: before that, nothing is told of its pods. */
async function untilObserved({ cluster, namespace }: WebhookCluster): Promise<void> {
  await until(async () => {
    const deployment = await objectIn(cluster, 'Deployment', { name, namespace })
    return at(deployment, 'status', 'observedGeneration') === deployment?.metadata.generation
  }, 'a look at the Deployment')
}

const differencesIn = (changes: readonly Change[]) =>
  changes.flatMap(({ object, differences = [] }) => differences.map((difference) => ({ object, ...difference })))

it('of a new webhook: everything, with the canary that is made for a while, and then nothing', async () => {
  const made = await world.start()
  const changes = await planThenSetUp(made, ownCa)
  expect(changes.filter(({ temporary }) => temporary).map(({ object, action }) => `${action} ${object}`)).toEqual([
    `created ServiceAccount ${made.namespace}/pod-identity-webhook-canary`,
    'created MutatingWebhookConfiguration pod-identity-webhook-canary',
    'deleted MutatingWebhookConfiguration pod-identity-webhook-canary',
    `deleted ServiceAccount ${made.namespace}/pod-identity-webhook-canary`,
  ])
  await nothingIsLeft(made, ownCa)
})

it.each(versionsHere('1.21.14'))('of one that asks for its certificate on Kubernetes %s', async (version) => {
  const made = await world.start({ version })
  const changes = await planThenSetUp(made, {})
  expect(writesIn(changes)).toContain('updated CertificateSigningRequest')
  await nothingIsLeft(made, {})
})

it.each(versionsHere('1.21.14'))('of one that gets a certificate of ours instead on Kubernetes %s', async (version) => {
  const made = await world.start({ version })
  await made.setUp()
  const changes = await planThenSetUp(made, ownCa)
  expect(writesIn(changes)).toContain(`created Secret ${made.namespace}/pod-identity-webhook-tls`)
  await nothingIsLeft(made, ownCa)
})

it.each(versionsHere('1.21.14'))('of one made by hand, which is adopted, on Kubernetes %s', async (version) => {
  const made = await world.start({ version })
  for (const manifest of documentedManifest(made.namespace, made.cluster.caPem)) {
    await writeAs(made.cluster, 'kubectl-client-side-apply', manifest)
  }
  const changes = await planThenSetUp(made, { adopt: true, failurePolicy: 'Ignore' })
  expect(writesIn(changes)).toContain(`adopted MutatingWebhookConfiguration ${name}`)
  await nothingIsLeft(made, { adopt: true })
})

// By rules that know no version: one real API server tells as much as two.
describe.each(versionsHere('1.33.2'))('of one that is set up on Kubernetes %s', (version) => {
  it('with another failure policy', async () => {
    const made = await world.start({ version })
    await made.setUp(ownCa)
    const changes = await planThenSetUp(made, { ...ownCa, failurePolicy: 'Fail' })
    expect(differencesIn(changes)).toMatchObject([
      {
        object: `MutatingWebhookConfiguration ${name}`,
        field: 'webhooks[pod-identity-webhook.amazonaws.com].failurePolicy',
        desired: 'Fail',
        observed: 'Ignore',
      },
    ])
  })

  it('with a certificate that has to be renewed: no value of it or of the Secret is told', async () => {
    const made = await world.start({ version })
    await made.setUp(ownCa)
    const old = await makeCertificate(made.namespace, new Date(Date.now() - 270 * 24 * 60 * 60 * 1000))
    await apply(made.client, certificateSecretManifest(made.namespace, old), { adopt: false })
    const changes = await planThenSetUp(made, ownCa)
    const secret = { object: `Secret ${made.namespace}/pod-identity-webhook-tls`, manager: 'workload-identity' }
    const reported = differencesIn(changes).map(({ changedAt: _, ...rest }) => rest)
    expect(reported.filter(({ object }) => object === secret.object)).toEqual(
      ['data.ca.crt', 'data.tls.crt', 'data.tls.key'].map((field) => ({ ...secret, field })),
    )
    const unknown = reported.filter(({ desired }) => desired === 'known when the certificate is made')
    expect(unknown.map(({ object }) => object.replace(/ .*/, ''))).toEqual([
      'Deployment',
      'MutatingWebhookConfiguration',
    ])
    await nothingIsLeft(made, ownCa)
  })
})

it('of one whose pods do not start: what a setup would write, and what it would wait for', async () => {
  const made = await world.start()
  const unpullable = { ...ownCa, image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.2.99' }
  await made.deploy(unpullable)
  await untilObserved(made)
  made.cluster.calls.clear()
  const { changes, waiting } = await made.plan(unpullable)
  expect(waiting).toEqual([expect.stringMatching(/^Deployment .*: \d of 2 pods are /)])
  expect(writesIn(changes)).toContain(`created MutatingWebhookConfiguration ${name}`)
  expect(writesTo(made.cluster)).toEqual([])
})

it.each(versionsHere('1.21.14'))(
  'of one whose requests are pending on Kubernetes %s: each by its name',
  async (version) => {
    const made = await world.start({ version })
    await made.deploy()
    const requests = async () =>
      (await made.cluster.objects('CertificateSigningRequest')).map(
        ({ metadata }) => `updated CertificateSigningRequest ${metadata.name}`,
      )
    await until(async () => ((await requests()).length >= 2 ? true : undefined), 'both requests', 60_000)
    made.cluster.calls.clear()
    const { changes } = await made.plan()
    const approvals = changes.filter(({ detail }) => detail === 'approved')
    expect(approvals.map(({ object, action }) => `${action} ${object}`).toSorted()).toEqual(
      (await requests()).toSorted(),
    )
    expect(writesTo(made.cluster)).toEqual([])
  },
)
