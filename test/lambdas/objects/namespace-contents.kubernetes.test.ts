import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { namespaceContents } from '../../../lambdas/ownership/kubernetes-removal.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send, until } from '../../support/kubernetes/api-requests.ts'
import { clientOf, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { peer, versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io, application/json'
const namespace = 'contents'

const clusters = reachableClusters()
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('prod')
  await writeAs(cluster, 'somebody', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
})

const contents = async () => namespaceContents(await clientOf(cluster).contentsOf(namespace), [])

test('a list of nothing but metadata has no list when it is empty', async () => {
  const { body } = await send(cluster, `GET /api/v1/namespaces/${namespace}/services`, { headers: { accept } })
  expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', items: null })
})

test('a list of nothing but metadata says nothing else, of a Secret neither', async () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'one', namespace },
    stringData: { key: 'hidden' },
  }
  await writeAs(cluster, 'somebody', secret)
  const { body } = await send(cluster, `GET /api/v1/namespaces/${namespace}/secrets?limit=500`, { headers: { accept } })
  const [first] = Array.isArray(body.items) ? body.items : []
  expect(Object.keys(first).toSorted()).toEqual(['apiVersion', 'kind', 'metadata'])
  expect(JSON.stringify(body.items)).not.toContain(Buffer.from('hidden').toString('base64'))
  await send(cluster, `DELETE /api/v1/namespaces/${namespace}/secrets/one`)
})

test('a new namespace has nothing in it that somebody would miss', async () => {
  await until(async () => (await clientOf(cluster).contentsOf(namespace)).length > 0, 'the account of the namespace')
  expect(await contents()).toEqual({ leaving: [], others: [] })
})

test.each([
  ['v1', 'ConfigMap', {}],
  ['v1', 'Secret', {}],
  ['apps/v1', 'Deployment', deployment()],
  ['rbac.authorization.k8s.io/v1', 'Role', { rules: [] }],
  ['policy/v1beta1', 'PodDisruptionBudget', { spec: { maxUnavailable: 1 } }],
  ['policy/v1', 'PodDisruptionBudget', { spec: { maxUnavailable: 1 } }],
])('one with an object of %s %s is not empty', async (apiVersion, kind, fields) => {
  if (!(await clientOf(cluster).serves(apiVersion, kind))) return
  const ref = { apiVersion, kind, namespace, name: 'one' }
  await writeAs(cluster, 'somebody', { apiVersion, kind, metadata: { name: 'one', namespace }, ...fields })
  expect((await contents()).others).toContain(`${kind} one`)
  await clientOf(cluster).delete(ref)
  await until(async () => (await contents()).others.length === 0, `the end of the ${kind}`)
})

test.each(versionsHere('1.20.9-gke.300'))(
  'on Kubernetes %s one with a CronJob is not empty, which only came to the preferred version of its group with 1.21',
  async (version) => {
    const older = peer ? cluster : await clusters.start('older', { version })
    const contentsThere = async () => namespaceContents(await clientOf(older).contentsOf('jobs'), []).others
    const metadata = { name: 'one', namespace: 'jobs' }
    await writeAs(older, 'somebody', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'jobs' } })
    await writeAs(older, 'somebody', { apiVersion: 'batch/v1beta1', kind: 'CronJob', metadata, ...cronJob() })
    expect(await contentsThere()).toEqual(['CronJob one'])
  },
)

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const customKinds = 'contents.example'

// The sandbox's own server has no custom kinds.
if (peer) describe('with custom kinds', testCustomKinds)

function testCustomKinds() {
  beforeEach(async () => {
    await send(cluster, `POST ${definitions}`, { body: definition('Newer', 'v1') })
    await send(cluster, `POST ${definitions}`, { body: definition('Older', 'v1beta1') })
    await send(cluster, `POST ${definitions}`, { body: definition('Former', 'v1beta1') })
    const isListed = async (list: string) => (await send(cluster, `GET ${placeOf(list)}`)).code === 200
    const lists = ['v1 newers', 'v1beta1 olders', 'v1beta1 formers']
    await until(async () => (await Promise.all(lists.map(isListed))).every(Boolean), 'the custom kinds')
    const group = async () => (await send(cluster, `GET /apis/${customKinds}`)).body
    await until(async () => at(await group(), 'preferredVersion', 'version') === 'v1', 'the preferred version')
  })
  afterEach(async () => {
    for (const kind of ['newers', 'olders', 'formers'])
      await send(cluster, `DELETE ${definitions}/${kind}.${customKinds}`)
    await until(async () => (await contents()).others.length === 0, 'the end of their objects')
    const group = async () => (await send(cluster, `GET /apis/${customKinds}`)).code
    await until(async () => (await group()) === 404, 'the end of the custom kinds')
  })

  test('one with an object of a kind that the preferred version of its group does not have is not empty', async () => {
    const metadata = { name: 'one', namespace }
    await writeAs(cluster, 'somebody', { apiVersion: `${customKinds}/v1beta1`, kind: 'Older', metadata })
    expect((await contents()).others).toEqual(['Older one'])
  })

  test('one has nothing of a kind that has ended since the kinds were asked for', async () => {
    const client = clientOf(cluster)
    expect(await client.serves(`${customKinds}/v1beta1`, 'Former')).toBe(true)
    await send(cluster, `DELETE ${definitions}/formers.${customKinds}`)
    const code = async () => (await send(cluster, `GET ${placeOf('v1beta1 formers')}`)).code
    await until(async () => (await code()) === 404, 'the end of the kind')
    expect(namespaceContents(await client.contentsOf(namespace), []).others).toEqual([])
  })
}

test('an object of a kind that its group has in several versions is there once', async () => {
  const [older] = versionsHere('1.21.14')
  if (older === undefined) return
  const both = peer ? cluster : await clusters.start('both', { version: older })
  const metadata = { name: 'one', namespace: 'jobs-once' }
  await writeAs(both, 'somebody', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'jobs-once' } })
  await writeAs(both, 'somebody', { apiVersion: 'batch/v1', kind: 'CronJob', metadata, ...cronJob() })
  const { others } = namespaceContents(await clientOf(both).contentsOf('jobs-once'), [])
  expect(others).toEqual(['CronJob one'])
})

/** Path of such a list as "v1 newers" in the namespace. */
function placeOf(list: string) {
  const [version, plural] = list.split(' ')
  return `/apis/${customKinds}/${version}/namespaces/${namespace}/${plural}`
}

function cronJob() {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'one', image: 'one' }] } }
  return { spec: { schedule: '@yearly', jobTemplate: { spec: { template } } } }
}

function definition(kind: string, version: string) {
  const [group, singular] = [customKinds, kind.toLowerCase()]
  const schema = { openAPIV3Schema: { type: 'object' } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      names: { kind, plural: `${singular}s`, singular },
      scope: 'Namespaced',
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  }
}

function deployment() {
  const labels = { app: 'one' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'one', image: 'one' }] } }
  return { spec: { replicas: 0, selector: { matchLabels: labels }, template } }
}

test('a dry run of a deletion goes by the body where there is one, and else by the query', async () => {
  const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } })
  const path = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
  const isThere = async (name: string) => (await send(cluster, `GET ${path(name)}`)).code === 200
  for (const name of ['one', 'two', 'three']) await writeAs(cluster, 'somebody', map(name))
  const options = { apiVersion: 'v1', kind: 'DeleteOptions' }

  await send(cluster, `DELETE ${path('one')}?dryRun=All`)
  await send(cluster, `DELETE ${path('two')}`, { body: { ...options, dryRun: ['All'] } })
  await send(cluster, `DELETE ${path('three')}?dryRun=All`, { body: options })
  expect(await Promise.all(['one', 'two', 'three'].map(isThere))).toEqual([true, true, false])
})

test("the product's dry run of a deletion deletes nothing, with what was seen of the object and without", async () => {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'four' } as const
  const { apiVersion, kind } = ref
  await writeAs(cluster, 'somebody', { apiVersion, kind, metadata: { name: 'four', namespace } })
  const client = clientOf(cluster)
  const seen = await client.get(ref)
  cluster.calls.clear()
  await client.delete(ref, seen, { dryRun: true })
  await client.delete(ref, undefined, { dryRun: true })
  if (seen) await client.patchMetadata(ref, seen, { labels: { changed: 'true' }, dryRun: true })
  expect(await client.get(ref)).toEqual(seen)
  expect(writesTo(cluster)).toEqual([])
  await client.delete(ref, seen)
  expect(await client.get(ref)).toBeUndefined()
})
