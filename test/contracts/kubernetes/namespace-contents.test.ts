import { afterAll, beforeAll, expect, test } from 'vitest'
import { namespaceContents } from '../../../lambdas/domain/kubernetes/removal.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/any-cluster.ts'
import { send, until } from '../../support/api-requests.ts'
import { type Clusters, clientOf, startClusters, writeAs, writesTo } from '../../support/clusters.ts'

const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io, application/json'
const namespace = 'contents'

let clusters: Clusters
let cluster: AnyCluster

beforeAll(async () => {
  clusters = await startClusters()
  cluster = await clusters.start('prod')
  await writeAs(cluster, 'somebody', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
})
afterAll(() => clusters.end())

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
