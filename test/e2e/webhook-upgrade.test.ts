import { beforeAll, expect, it } from 'vitest'
import { asString, at, objectsIn } from '../../sandbox/kubernetes/objects.ts'
import { existingCluster } from './support/existing-cluster.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

it('an upgrade sends no pod away without its role, leaves nothing behind, and is what the next setup finds', async () => {
  const { name, cluster, body } = await existingCluster(running, 'upgraded')
  const old = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.5.0'
  expect((await running.setUp(body({ 'webhook.image': old }))).error).toBeUndefined()

  const image = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'
  const before = Date.now()
  const asked = { image, dryRun: true }
  const planned = await running.ended(await running.send(`/v1/clusters/${name}/webhook-upgrades`, asked))
  expect(planned).toMatchObject({ status: 'succeeded', dryRun: true, result: { outcome: 'would-upgrade' } })
  expect(await running.writesOf(name, before)).toEqual([])

  const upgrade = await running.ended(await running.send(`/v1/clusters/${name}/webhook-upgrades`, { image }))
  expect(upgrade.error).toBeUndefined()
  expect(upgrade).toMatchObject({ status: 'succeeded', result: { outcome: 'upgraded', unmutated: [], restarted: [] } })
  const [deployment] = cluster.objects('Deployment')
  expect(at(objectsIn(at(deployment, 'spec', 'template', 'spec', 'containers'))[0], 'image')).toBe(image)
  const names = ['Deployment', 'Service', 'Secret', 'MutatingWebhookConfiguration', 'ServiceAccount']
    .flatMap((kind) => cluster.objects(kind))
    .map(({ metadata }) => asString(metadata.name))
  expect(names.filter((one) => one.includes('-candidate') || one.includes('-canary'))).toEqual([])

  const since = Date.now()
  expect((await running.setUp(body({ 'webhook.image': image }))).status).toBe('succeeded')
  expect(await running.writesOf(name, since)).toEqual([])
  const again = await running.ended(await running.send(`/v1/clusters/${name}/webhook-upgrades`, { image }))
  expect(again).toMatchObject({ status: 'succeeded', result: { outcome: 'unchanged' } })
  expect(await running.writesOf(name, since)).toEqual([])
})
