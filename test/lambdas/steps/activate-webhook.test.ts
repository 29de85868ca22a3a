import { afterAll, beforeAll, expect, it } from 'vitest'
import { writesTo } from '../../support/clusters.ts'
import { outputOf, startWebhookClusters, type WebhookClusters } from '../../support/webhook-setup.ts'

let world: WebhookClusters

beforeAll(async () => {
  world = await startWebhookClusters()
})
afterAll(() => world.end())

it('with Fail, is refused where kube-system cannot be left out, and writes nothing', async () => {
  const { cluster, deploy, activate } = await world.emulate({ version: '1.20.9' })
  const installed = outputOf(await deploy({ certificate: 'own-ca' }))
  cluster.calls.clear()
  await expect(activate(installed, { failurePolicy: 'Fail' })).rejects.toMatchObject({
    name: 'Unsupported',
    object: 'Namespace kube-system',
  })
  expect(writesTo(cluster)).toEqual([])
})
