import { beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../sandbox/kubernetes/index.ts'
import { asString, at, objectsIn } from '../../sandbox/kubernetes/objects/objects.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { makeLookAlikes } from './support/clusters/look-alikes.ts'
import { footprint } from './support/runs/footprint.ts'
import { type System, system } from './support/system.ts'

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const [old, image] = [`${repository}:v0.5.0`, `${repository}:v0.6.17`]
let running: System
/** Each test uses the state that the previous one left. */
let own: ExistingCluster
let before: string[]

beforeAll(async () => {
  running = await system()
  own = await existingCluster(running, 'existing')
  await makeLookAlikes(running, own.name, own.cluster)
  before = await footprint(running, own.name)
  expect((await running.setUp(own.body({ 'webhook.image': old }))).error).toBeUndefined()
})

test('a new webhook image in the spec is planned and rolled out without leftovers, and the earlier spec restores the old image', async () => {
  const { name, cluster, body } = own
  const put = async (other: string, query = '') => {
    const response = await running.putTo(`/v1/clusters/${name}${query}`, body({ 'webhook.image': other }))
    expect(response.status).toBe(202)
    return running.ended(response.headers.get('location') ?? '')
  }

  const beginning = Date.now()
  const planned = await put(image, '?dryRun=true')
  expect(planned).toMatchObject({ status: 'succeeded', kind: 'plan', result: { outcome: 'changes' } })
  expect(await running.writesOf(name, beginning)).toEqual([])

  const changed = await put(image)
  expect(changed.error).toBeUndefined()
  expect(changed).toMatchObject({ status: 'succeeded', kind: 'setup', result: { webhook: { image } } })
  expect(imageOf(cluster)).toBe(image)
  expect(leftovers(cluster)).toEqual([])

  const since = Date.now()
  expect(await put(image)).toMatchObject({ status: 'succeeded' })
  expect((await running.setUp(body({ 'webhook.image': image }))).status).toBe('succeeded')
  expect(await running.writesOf(name, since)).toEqual([])

  expect(await put(old)).toMatchObject({ status: 'succeeded', result: { webhook: { image: old } } })
  expect(imageOf(cluster)).toBe(old)
  expect(leftovers(cluster)).toEqual([])
})

test('POST to the workloads of a cluster adds one, and a verification covers all workloads, or one', async () => {
  const { name } = own
  const since = Date.now()
  const writer = { namespace: 'media', serviceAccount: 's3-writer', role: { name: `${name}-writer`, policyArns: [] } }
  const added = await running.ended(await running.send(`/v1/clusters/${name}/workloads`, writer))
  expect(added).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
  const written = (await running.writesOf(name, since)).map(({ object }) => object)
  expect(new Set(written.filter((object) => !object.includes(`${name}-writer`)))).toEqual(
    new Set(['Namespace media', 'ServiceAccount media/s3-writer']),
  )

  const seen = Date.now()
  const all = await verification()
  expect(all).toMatchObject({ status: 'succeeded' })
  expect(all.result?.proofs).toHaveLength(2)
  const one = await verification({ workload: { namespace: 'media', serviceAccount: 's3-writer' } })
  expect(one.result?.proofs).toMatchObject([{ subject: 'system:serviceaccount:media:s3-writer' }])
  expect(await running.writesOf(name, seen)).toEqual([])
})

test('a verification fails for a workload whose service account lost its annotation, and succeeds for the others', async () => {
  const { name, cluster } = own
  const account = cluster.objects('ServiceAccount', 'media').find(({ metadata }) => metadata.name === 's3-writer')
  if (!account) throw new Error('the service account does not exist')
  cluster.store.put({ ...account, metadata: { ...account.metadata, annotations: {} } })
  const failed = await verification()
  expect(failed).toMatchObject({
    status: 'failed',
    error: {
      name: 'VerificationFailed',
      step: 'Verify',
      item: 'media/s3-writer',
      object: 'ServiceAccount media/s3-writer',
      reason: expect.stringContaining('its annotation eks.amazonaws.com/role-arn is missing'),
      action: expect.stringContaining(`"wid drift ${name} --repair"`),
    },
  })
  const steps = failed.steps.filter(({ state }) => state === 'Verify').map(({ item, status }) => [item, status])
  expect(new Map(steps.map(([item = '', status]) => [item, status]))).toEqual(
    new Map([
      ['media/s3-writer', 'failed'],
      ['reports/exporter', 'succeeded'],
    ]),
  )
  expect((await running.setUp(own.body({ 'webhook.image': old }))).error).toBeUndefined()
})

test('a teardown restores AWS and the cluster as they were before the setup, with similar objects of other owners', async () => {
  const { name } = own
  expect(await footprint(running, name)).not.toEqual(before)
  const path = `/v1/clusters/${name}`
  const since = Date.now()
  const listed = await running.tearDown(`${path}?dryRun=true`)
  expect(listed).toMatchObject({ status: 'succeeded', dryRun: true, result: { remaining: [], pods: [], unseen: [] } })
  const roleDetail = 'would be deleted: deletes the inline policies workload-identity'
  expect(new Set(deletions(listed).map(({ detail }) => detail))).toEqual(new Set(['would be deleted', roleDetail]))
  expect(await running.writesOf(name, since)).toEqual([])

  const done = await running.tearDown(path)
  expect(done).toMatchObject({ status: 'succeeded', result: { remaining: [], abandoned: [] } })
  expect(await footprint(running, name)).toEqual(before)
  // A dry run reports a namespace once for each workload in it.
  const objects = (operation: Awaited<ReturnType<System['observe']>>) =>
    new Set(deletions(operation).map(({ object }) => object))
  expect(objects(done)).toEqual(objects(listed))
  expect((await fetch(running.api + path)).status).toBe(404)
  expect((await running.delete(path)).status).toBe(404)
})

async function verification(body: object = {}) {
  return running.ended(await running.send(`/v1/clusters/${own.name}/verifications`, body))
}

function deletions({ steps }: Awaited<ReturnType<System['observe']>>) {
  return steps.flatMap(({ changes }) => changes.filter(({ action }) => action === 'deleted'))
}

function imageOf(cluster: Cluster): unknown {
  const [deployment] = cluster.objects('Deployment')
  return at(objectsIn(at(deployment, 'spec', 'template', 'spec', 'containers'))[0], 'image')
}

function leftovers(cluster: Cluster): string[] {
  return ['Deployment', 'Service', 'Secret', 'MutatingWebhookConfiguration', 'ServiceAccount']
    .flatMap((kind) => cluster.objects(kind))
    .map(({ metadata }) => asString(metadata.name))
    .filter((one) => one.includes('-candidate') || one.includes('-canary'))
}
