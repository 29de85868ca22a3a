import { beforeAll, expect, it } from 'vitest'
import type { Cluster } from '../../sandbox/kubernetes/index.ts'
import { asString, at, objectsIn } from '../../sandbox/kubernetes/objects.ts'
import { existingCluster } from './support/existing-cluster.ts'
import { type System, system } from './support/system.ts'

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
let running: System

beforeAll(async () => {
  running = await system()
})

it('another webhook in the spec is planned, brought about with nothing left behind, and put back by the earlier spec', async () => {
  const { name, cluster, body } = await existingCluster(running, 'changed')
  const [old, image] = [`${repository}:v0.5.0`, `${repository}:v0.6.17`]
  expect((await running.setUp(body({ 'webhook.image': old }))).error).toBeUndefined()
  const put = async (other: string, query = '') => {
    const response = await running.putTo(`/v1/clusters/${name}${query}`, body({ 'webhook.image': other }))
    expect(response.status).toBe(202)
    return running.ended(response.headers.get('location') ?? '')
  }

  const before = Date.now()
  const planned = await put(image, '?dryRun=true')
  expect(planned).toMatchObject({ status: 'succeeded', kind: 'plan', result: { outcome: 'changes' } })
  expect(await running.writesOf(name, before)).toEqual([])

  const changed = await put(image)
  expect(changed.error).toBeUndefined()
  expect(changed).toMatchObject({ status: 'succeeded', kind: 'setup', result: { webhook: { image } } })
  expect(imageOf(cluster)).toBe(image)
  expect(leftBehind(cluster)).toEqual([])

  const since = Date.now()
  expect(await put(image)).toMatchObject({ status: 'succeeded' })
  expect((await running.setUp(body({ 'webhook.image': image }))).status).toBe('succeeded')
  expect(await running.writesOf(name, since)).toEqual([])

  expect(await put(old)).toMatchObject({ status: 'succeeded', result: { webhook: { image: old } } })
  expect(imageOf(cluster)).toBe(old)
  expect(leftBehind(cluster)).toEqual([])
})

function imageOf(cluster: Cluster): unknown {
  const [deployment] = cluster.objects('Deployment')
  return at(objectsIn(at(deployment, 'spec', 'template', 'spec', 'containers'))[0], 'image')
}

function leftBehind(cluster: Cluster): string[] {
  return ['Deployment', 'Service', 'Secret', 'MutatingWebhookConfiguration', 'ServiceAccount']
    .flatMap((kind) => cluster.objects(kind))
    .map(({ metadata }) => asString(metadata.name))
    .filter((one) => one.includes('-candidate') || one.includes('-canary'))
}
