/** Changes to a webhook that is in use: pods that start meanwhile come out with their role. */

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { apply } from '../../../lambdas/objects/apply.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { realConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import { certificateSecretManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { asString, at } from '../../../sandbox/kubernetes/objects.ts'
import { objectIn, writeAs, writesTo } from '../../support/clusters.ts'
import { documentedManifest } from '../../support/documented-webhook.ts'
import { versionsHere } from '../../support/kubernetes-peer.ts'
import { bindReader, missingNow } from '../../support/pod-load.ts'
import { webhookClusters } from '../../support/webhook-clusters.ts'
import type { Ask, WebhookCluster } from '../../support/webhook-setup.ts'

const world = webhookClusters()

const ownCa = { certificate: 'own-ca' } as const

/** The API server goes by the webhook's configuration a moment after it was written. */
async function untilServed({ client }: WebhookCluster): Promise<void> {
  await expect.poll(() => missingNow(client), { timeout: 20_000 }).toEqual([])
}

/** Makes pods until the setup is done, and gives back how many, and how many of them came out without their role. */
async function podsDuring({ client, setUp }: WebhookCluster, ask: Ask): Promise<{ pods: number; without: number }> {
  let isDone = false
  const setup = setUp(ask).finally(() => {
    isDone = true
  })
  let pods = 0
  let without = 0
  while (!isDone) {
    without += (await missingNow(client)).length > 0 ? 1 : 0
    pods += 1
    await sleep(5)
  }
  await setup
  return { pods, without }
}

async function certificateOf({ cluster, namespace }: WebhookCluster): Promise<unknown> {
  const secret = await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })
  return at(secret?.data, 'tls.crt')
}

/** Lets the running webhook serve by a certificate that is nine months old: each pod as soon as it sees it, trusted from the start. */
async function age({ cluster, client, namespace }: WebhookCluster): Promise<void> {
  const old = await makeCertificate(namespace, new Date(Date.now() - 270 * 24 * 60 * 60 * 1000))
  const secret = await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })
  const current = Buffer.from(asString(at(secret?.data, 'ca.crt')), 'base64').toString()
  const configuration = realConfiguration({ namespace, authorities: current + old.authority }, 'Ignore')
  await apply(client, configuration, { adopt: false })
  await apply(client, certificateSecretManifest(namespace, old), { adopt: false })
}

it('a renewed certificate leaves no pod without its role', async () => {
  const made = await world.start()
  await bindReader(made.client)
  await made.setUp(ownCa)
  await age(made)
  await untilServed(made)
  const old = await certificateOf(made)
  const { pods, without } = await podsDuring(made, ownCa)
  expect(await certificateOf(made)).not.toBe(old)
  expect(pods).toBeGreaterThan(5)
  expect(without).toBe(0)
  made.cluster.calls.clear()
  await made.setUp(ownCa)
  expect(writesTo(made.cluster)).toEqual([])
})

it('another image leaves no pod without its role', async () => {
  const made = await world.start()
  await bindReader(made.client)
  await made.setUp({ ...ownCa, image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.5.0' })
  await untilServed(made)
  expect((await podsDuring(made, ownCa)).without).toBe(0)
})

it.each(versionsHere('1.21.14'))(
  'from a certificate of the cluster to one of ours leaves no pod without its role on Kubernetes %s',
  async (version) => {
    const made = await world.start({ version })
    await bindReader(made.client)
    await made.setUp()
    await untilServed(made)
    expect((await podsDuring(made, { certificate: 'own-ca' })).without).toBe(0)
  },
)

it.each(versionsHere('1.20.9'))(
  'the documented webhook, made by hand and running, is taken over on Kubernetes %s',
  async (version) => {
    const made = await world.start({ version })
    for (const manifest of documentedManifest(made.namespace, made.cluster.caPem)) {
      await writeAs(made.cluster, 'kubectl-client-side-apply', manifest)
    }
    await bindReader(made.client)
    await made.setUp({ adopt: true })
    await untilServed(made)
    made.cluster.calls.clear()
    await made.setUp({ adopt: true })
    await made.setUp()
    expect(writesTo(made.cluster)).toEqual([])
  },
)
