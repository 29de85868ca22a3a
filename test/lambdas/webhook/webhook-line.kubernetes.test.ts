/** The four steps together on each kind of cluster. */

import { beforeAll, describe, expect, it } from 'vitest'
import { objectIn, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { bindReader, missingNow } from '../../support/kubernetes/pod-load.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import type { Ask, WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

const requests: readonly (readonly [string, Ask])[] = [
  ...versionsHere('1.20.9-gke.300', '1.21.14').map((version) => [version, {}] as const),
  ...versionsHere('1.21.14', '1.33.2').flatMap((version) => [
    [version, { certificate: 'own-ca' }] as const,
    [version, { certificate: 'own-ca', failurePolicy: 'Fail' }] as const,
  ]),
]

describe.each(requests)('on Kubernetes %s with %j', (version, request) => {
  let webhook: WebhookCluster

  beforeAll(async () => {
    webhook = await clusters.start({ version })
    await bindReader(webhook.client)
    await webhook.setUp(request)
  })

  it('pods of a bound account get the role and the token', async () => {
    await expect.poll(() => missingNow(webhook.client), { timeout: 20_000 }).toEqual([])
  })

  it('the canary is deleted', async () => {
    const { cluster, namespace } = webhook
    const configurations = await cluster.objects('MutatingWebhookConfiguration')
    expect(configurations.map(({ metadata }) => metadata.name)).toEqual(['pod-identity-webhook'])
    const account = { name: 'pod-identity-webhook-canary', namespace }
    expect(await objectIn(cluster, 'ServiceAccount', account)).toBeUndefined()
  })

  it('a second setup writes nothing', async () => {
    webhook.cluster.calls.clear()
    const changes = await webhook.setUp(request)
    expect(writesTo(webhook.cluster)).toEqual([])
    expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(['unchanged']))
  })
})
