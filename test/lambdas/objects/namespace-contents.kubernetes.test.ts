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

test('a metadata list without objects has the items null', async () => {
  const { body } = await send(cluster, `GET /api/v1/namespaces/${namespace}/services`, { headers: { accept } })
  expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', items: null })
})

test('a metadata list has only metadata, also of Secrets', async () => {
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

test('a new namespace has no contents that prevent its deletion', async () => {
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
])('a namespace with an object of %s %s is not empty', async (apiVersion, kind, fields) => {
  if (!(await clientOf(cluster).serves(apiVersion, kind))) return
  const ref = { apiVersion, kind, namespace, name: 'one' }
  await writeAs(cluster, 'somebody', { apiVersion, kind, metadata: { name: 'one', namespace }, ...fields })
  expect((await contents()).others).toContain(`${kind} one`)
  await clientOf(cluster).delete(ref)
  await until(async () => (await contents()).others.length === 0, `the deletion of the ${kind}`)
})

test.each(versionsHere('1.20.9-gke.300'))(
  'on Kubernetes %s a namespace with a CronJob is not empty, although the preferred version of its group lacks that kind',
  async (version) => {
    const older = peer ? cluster : await clusters.start('older', { version })
    const othersInJobs = async () => namespaceContents(await clientOf(older).contentsOf('jobs'), []).others
    const metadata = { name: 'one', namespace: 'jobs' }
    await writeAs(older, 'somebody', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'jobs' } })
    await writeAs(older, 'somebody', { apiVersion: 'batch/v1beta1', kind: 'CronJob', metadata, ...cronJob() })
    expect(await othersInJobs()).toEqual(['CronJob one'])
  },
)

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const customGroup = 'contents.example'

// The sandbox's API server does not support custom resources.
if (peer) describe('with custom resources', testCustomResources)

function testCustomResources() {
  beforeEach(async () => {
    await send(cluster, `POST ${definitions}`, { body: definition('Newer', 'v1') })
    await send(cluster, `POST ${definitions}`, { body: definition('Older', 'v1beta1') })
    await send(cluster, `POST ${definitions}`, { body: definition('Former', 'v1beta1') })
    const isListed = async (list: string) => (await send(cluster, `GET ${pathOf(list)}`)).code === 200
    const lists = ['v1 newers', 'v1beta1 olders', 'v1beta1 formers']
    await until(async () => (await Promise.all(lists.map(isListed))).every(Boolean), 'the custom resources')
    const group = async () => (await send(cluster, `GET /apis/${customGroup}`)).body
    await until(async () => at(await group(), 'preferredVersion', 'version') === 'v1', 'the preferred version')
  })
  afterEach(async () => {
    for (const kind of ['newers', 'olders', 'formers'])
      await send(cluster, `DELETE ${definitions}/${kind}.${customGroup}`)
    await until(async () => (await contents()).others.length === 0, 'the deletion of their objects')
    const group = async () => (await send(cluster, `GET /apis/${customGroup}`)).code
    await until(async () => (await group()) === 404, 'the deletion of the custom resources')
  })

  test('a namespace with an object of a kind that the preferred version of its group lacks is not empty', async () => {
    const metadata = { name: 'one', namespace }
    await writeAs(cluster, 'somebody', { apiVersion: `${customGroup}/v1beta1`, kind: 'Older', metadata })
    expect((await contents()).others).toEqual(['Older one'])
  })

  test('a kind that was deleted after the discovery has no objects', async () => {
    const client = clientOf(cluster)
    expect(await client.serves(`${customGroup}/v1beta1`, 'Former')).toBe(true)
    await send(cluster, `DELETE ${definitions}/formers.${customGroup}`)
    const code = async () => (await send(cluster, `GET ${pathOf('v1beta1 formers')}`)).code
    await until(async () => (await code()) === 404, 'the deletion of the kind')
    expect(namespaceContents(await client.contentsOf(namespace), []).others).toEqual([])
  })
}

test('an object of a kind with several versions is listed once', async () => {
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
function pathOf(list: string) {
  const [version, plural] = list.split(' ')
  return `/apis/${customGroup}/${version}/namespaces/${namespace}/${plural}`
}

function cronJob() {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'one', image: 'one' }] } }
  return { spec: { schedule: '@yearly', jobTemplate: { spec: { template } } } }
}

function definition(kind: string, version: string) {
  const [group, singular] = [customGroup, kind.toLowerCase()]
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

test('the dry run of a deletion is read from the body, or from the query of a request without a body', async () => {
  const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } })
  const path = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
  const exists = async (name: string) => (await send(cluster, `GET ${path(name)}`)).code === 200
  for (const name of ['one', 'two', 'three']) await writeAs(cluster, 'somebody', map(name))
  const options = { apiVersion: 'v1', kind: 'DeleteOptions' }

  await send(cluster, `DELETE ${path('one')}?dryRun=All`)
  await send(cluster, `DELETE ${path('two')}`, { body: { ...options, dryRun: ['All'] } })
  await send(cluster, `DELETE ${path('three')}?dryRun=All`, { body: options })
  expect(await Promise.all(['one', 'two', 'three'].map(exists))).toEqual([true, true, false])
})

test('the dry run of the client deletes nothing, with and without the observed object', async () => {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'four' } as const
  const { apiVersion, kind } = ref
  await writeAs(cluster, 'somebody', { apiVersion, kind, metadata: { name: 'four', namespace } })
  const client = clientOf(cluster)
  const observed = await client.get(ref)
  cluster.calls.clear()
  await client.delete(ref, observed, { dryRun: true })
  await client.delete(ref, undefined, { dryRun: true })
  if (observed) await client.patchMetadata(ref, observed, { labels: { changed: 'true' }, dryRun: true })
  expect(await client.get(ref)).toEqual(observed)
  expect(writesTo(cluster)).toEqual([])
  await client.delete(ref, observed)
  expect(await client.get(ref)).toBeUndefined()
})
