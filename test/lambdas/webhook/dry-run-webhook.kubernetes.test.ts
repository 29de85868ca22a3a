/** The steps of the webhook make exactly the changes that their dry run has reported. */

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

const clusters = webhookClusters()

const ownCa = { certificate: 'own-ca' } as const
const name = 'pod-identity-webhook'
const configuration = `MutatingWebhookConfiguration ${name}`

/** The distinct changes. The webhook chooses the names of its CertificateSigningRequests, so they are left out. */
function writesIn(changes: readonly Change[]): string[] {
  const written = changes.filter(({ action }) => action !== 'unchanged')
  const shown = written.map(
    ({ object, action }) => `${action} ${object.replace(/^(CertificateSigningRequest) .*/, '$1')}`,
  )
  return [...new Set(shown)].toSorted()
}

/**
 * Of a change with a candidate, a plan reports only the candidate. The change also sends pods to the candidate for a
 * time, tries the changed webhook with a canary, and deletes left-over requests.
 */
function plannedOf(writes: readonly string[]): readonly string[] {
  if (!writes.some((write) => write.includes('-candidate'))) return writes
  const unplanned = [`updated ${configuration}`, 'deleted CertificateSigningRequest']
  return writes.filter((write) => !write.includes('-canary') && !unplanned.includes(write))
}

/** Expects that a plan writes nothing, and that a setup then makes its changes. Returns the changes of the plan. */
async function planThenSetUp({ cluster, plan, setUp }: WebhookCluster, request: Ask): Promise<readonly Change[]> {
  cluster.calls.clear()
  const { changes, waiting } = await plan(request)
  expect(writesTo(cluster)).toEqual([])
  expect(waiting).toEqual([])
  expect(changes.flatMap(({ refused }) => refused ?? [])).toEqual([])
  expect(plannedOf(writesIn(changes))).toEqual(plannedOf(writesIn(await setUp(request))))
  return changes
}

async function expectNoChange({ cluster, plan }: WebhookCluster, request: Ask): Promise<void> {
  cluster.calls.clear()
  const { changes, waiting } = await plan(request)
  expect(writesIn(changes)).toEqual([])
  expect(waiting).toEqual([])
  expect(writesTo(cluster)).toEqual([])
}

/** Waits until the controller has observed the current generation: the status says nothing about its pods before. */
async function untilObserved({ cluster, namespace }: WebhookCluster): Promise<void> {
  await until(async () => {
    const deployment = await objectIn(cluster, 'Deployment', { name, namespace })
    return at(deployment, 'status', 'observedGeneration') === deployment?.metadata.generation
  }, 'the observed generation of the Deployment')
}

const differencesIn = (changes: readonly Change[]) =>
  changes.flatMap(({ object, differences = [] }) => differences.map((difference) => ({ object, ...difference })))

it('a plan of a new webhook lists each object and the temporary canary', async () => {
  const webhook = await clusters.start()
  const changes = await planThenSetUp(webhook, ownCa)
  expect(changes.filter(({ temporary }) => temporary).map(({ object, action }) => `${action} ${object}`)).toEqual([
    `created ServiceAccount ${webhook.namespace}/pod-identity-webhook-canary`,
    'created MutatingWebhookConfiguration pod-identity-webhook-canary',
    'deleted MutatingWebhookConfiguration pod-identity-webhook-canary',
    `deleted ServiceAccount ${webhook.namespace}/pod-identity-webhook-canary`,
  ])
  await expectNoChange(webhook, ownCa)
})

it.each(versionsHere('1.21.14'))('a plan of a csr webhook lists the approvals on Kubernetes %s', async (version) => {
  const webhook = await clusters.start({ version })
  const changes = await planThenSetUp(webhook, {})
  expect(writesIn(changes)).toContain('updated CertificateSigningRequest')
  await expectNoChange(webhook, {})
})

it.each(versionsHere('1.21.14'))(
  'a plan of a change from csr to own-ca lists the new Secret on Kubernetes %s',
  async (version) => {
    const webhook = await clusters.start({ version })
    await webhook.setUp()
    const changes = await planThenSetUp(webhook, ownCa)
    expect(writesIn(changes)).toContain(`created Secret ${webhook.namespace}/pod-identity-webhook-tls`)
    await expectNoChange(webhook, ownCa)
  },
)

it.each(versionsHere('1.21.14'))(
  'a plan of a webhook that was created by hand lists its adoption on Kubernetes %s',
  async (version) => {
    const webhook = await clusters.start({ version })
    for (const manifest of documentedManifest(webhook.namespace, webhook.cluster.caPem)) {
      await writeAs(webhook.cluster, 'kubectl-client-side-apply', manifest)
    }
    const changes = await planThenSetUp(webhook, { adopt: true, failurePolicy: 'Ignore' })
    expect(writesIn(changes)).toContain(`adopted MutatingWebhookConfiguration ${name}`)
    await expectNoChange(webhook, { adopt: true })
  },
)

// The rules do not depend on the version of Kubernetes, so one real API server is enough.
describe.each(versionsHere('1.33.2'))('a plan of an existing webhook on Kubernetes %s', (version) => {
  it('lists another failure policy', async () => {
    const webhook = await clusters.start({ version })
    await webhook.setUp(ownCa)
    const changes = await planThenSetUp(webhook, { ...ownCa, failurePolicy: 'Fail' })
    expect(differencesIn(changes)).toMatchObject([
      {
        object: `MutatingWebhookConfiguration ${name}`,
        field: 'webhooks[pod-identity-webhook.amazonaws.com].failurePolicy',
        desired: 'Fail',
        observed: 'Ignore',
      },
    ])
  })

  it('lists the renewal of a certificate without its value and the values of the Secret', async () => {
    const webhook = await clusters.start({ version })
    await webhook.setUp(ownCa)
    const old = await makeCertificate(webhook.namespace, new Date(Date.now() - 270 * 24 * 60 * 60 * 1000))
    await apply(webhook.client, certificateSecretManifest(webhook.namespace, old), { adopt: false })
    const changes = await planThenSetUp(webhook, ownCa)
    const secret = { object: `Secret ${webhook.namespace}/pod-identity-webhook-tls`, manager: 'workload-identity' }
    const reported = differencesIn(changes).map(({ changedAt: _, ...rest }) => rest)
    expect(reported.filter(({ object }) => object === secret.object)).toEqual(
      ['data.ca.crt', 'data.tls.crt', 'data.tls.key'].map((field) => ({ ...secret, field })),
    )
    const unknown = reported.filter(({ desired }) => desired === 'known when the certificate is made')
    expect(unknown.map(({ object }) => object.replace(/ .*/, ''))).toEqual([
      'Deployment',
      'MutatingWebhookConfiguration',
    ])
    await expectNoChange(webhook, ownCa)
  })
})

it('a plan of a webhook whose pods do not start lists the changes and the reason to wait', async () => {
  const webhook = await clusters.start()
  const unpullable = { ...ownCa, image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.2.99' }
  await webhook.deploy(unpullable)
  await untilObserved(webhook)
  webhook.cluster.calls.clear()
  const { changes, waiting } = await webhook.plan(unpullable)
  expect(waiting).toEqual([expect.stringMatching(/^Deployment .*: \d of 2 pods are /)])
  expect(writesIn(changes)).toContain(`created MutatingWebhookConfiguration ${name}`)
  expect(writesTo(webhook.cluster)).toEqual([])
})

it.each(versionsHere('1.21.14'))(
  'a plan lists each pending request of the webhook by its name on Kubernetes %s',
  async (version) => {
    const webhook = await clusters.start({ version })
    await webhook.deploy()
    const requests = async () =>
      (await webhook.cluster.objects('CertificateSigningRequest')).map(
        ({ metadata }) => `updated CertificateSigningRequest ${metadata.name}`,
      )
    await until(async () => ((await requests()).length >= 2 ? true : undefined), 'both requests', 60_000)
    webhook.cluster.calls.clear()
    const { changes } = await webhook.plan()
    const approvals = changes.filter(({ detail }) => detail === 'approved')
    expect(approvals.map(({ object, action }) => `${action} ${object}`).toSorted()).toEqual(
      (await requests()).toSorted(),
    )
    expect(writesTo(webhook.cluster)).toEqual([])
  },
)
