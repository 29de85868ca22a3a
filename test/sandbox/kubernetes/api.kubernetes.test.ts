import { beforeAll, expect, test } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/any-cluster.ts'
import { at } from '../../../sandbox/kubernetes/objects.ts'
import { send } from '../../support/api-requests.ts'
import { clientCertificate } from '../../support/client-certificate.ts'
import { minorOf } from '../../support/clusters.ts'
import { reachableClusters } from '../../support/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('modern')
})

const configMap = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } })
const accounts = '/api/v1/namespaces/default/serviceaccounts'
const maps = '/api/v1/namespaces/default/configmaps'

test('a wrong token is refused with 401', async () => {
  const { code, body } = await send(cluster, 'GET /version', { token: 'wrong' })
  expect(code).toBe(401)
  expect(body).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 })
})

test('without credentials one is nobody, who may ask for the version and little else', async () => {
  expect((await send(cluster, 'GET /version', { token: null })).body).toMatchObject({ gitVersion: cluster.gitVersion })
  const { code, body } = await send(cluster, `GET ${accounts}`, { token: null })
  expect(code).toBe(403)
  expect(body.message).toBe(
    'serviceaccounts is forbidden: User "system:anonymous" cannot list resource "serviceaccounts" in API group "" in the namespace "default"',
  )
})

test('a client certificate of the cluster’s CA is the user of its subject', async () => {
  const { key, certificate } = await clientCertificate(cluster, 'otto')
  const { code, body } = await send(cluster, `GET ${accounts}`, { client: { key, cert: certificate } })
  expect(code).toBe(403)
  expect(body.message).toBe(
    'serviceaccounts is forbidden: User "otto" cannot list resource "serviceaccounts" in API group "" in the namespace "default"',
  )
  expect(cluster.calls.all().at(-1)?.actor).toBe('otto')
})

test('an object is created, read, listed by selectors, changed and deleted', async () => {
  const created = await send(cluster, `POST ${maps}`, { body: configMap('one', { app: 'a', tier: 'x' }) })
  await send(cluster, `POST ${maps}`, { body: configMap('two', { app: 'b' }) })
  expect(created.code).toBe(201)
  expect(created.body).toMatchObject({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'one', namespace: 'default', uid: expect.any(String), resourceVersion: expect.any(String) },
  })

  expect((await send(cluster, `GET ${maps}/one`)).body).toEqual(created.body)
  for (const [query, names] of [
    ['labelSelector=app%3Da', ['one']],
    ['labelSelector=app%21%3Da,app', ['two']],
    ['labelSelector=tier+in+%28x%2Cy%29', ['one']],
    ['labelSelector=app,%21tier', ['two']],
    ['fieldSelector=metadata.name%3Dtwo', ['two']],
  ]) {
    const { body } = await send(cluster, `GET ${maps}?${query}`)
    expect(at(body, 'items')).toMatchObject([names].flat().map((name) => ({ metadata: { name } })))
  }

  const changed = await send(cluster, `PUT ${maps}/one`, { body: { ...created.body, data: { a: 'b' } } })
  expect(changed.code).toBe(200)
  const stale = await send(cluster, `PUT ${maps}/one`, { body: created.body })
  expect(stale.body).toMatchObject({
    reason: 'Conflict',
    code: 409,
    message:
      'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again',
  })

  expect((await send(cluster, `DELETE ${maps}/one`)).body).toMatchObject({
    kind: 'Status',
    status: 'Success',
    details: { name: 'one', kind: 'configmaps', uid: at(created.body, 'metadata', 'uid') },
  })
  const gone = await send(cluster, `GET ${maps}/one`)
  expect(gone.body).toMatchObject({
    reason: 'NotFound',
    message: 'configmaps "one" not found',
    details: { name: 'one', kind: 'configmaps' },
  })
})

test('an account that is deleted is the answer', async () => {
  await send(cluster, `POST ${accounts}`, { body: { metadata: { name: 'deleted' } } })
  const { body } = await send(cluster, `DELETE ${accounts}/deleted`)
  expect(body).toMatchObject({ kind: 'ServiceAccount', metadata: { name: 'deleted' } })
})

test('lists are given in pages of the limit that is asked for', async () => {
  for (const name of ['p1', 'p2', 'p3']) await send(cluster, `POST ${maps}`, { body: configMap(name, { page: 'yes' }) })
  const first = await send(cluster, `GET ${maps}?labelSelector=page&limit=2`)
  expect(at(first.body, 'items')).toHaveLength(2)
  expect(first.body.metadata).not.toHaveProperty('remainingItemCount')
  const token = at(first.body, 'metadata', 'continue')
  const second = await send(cluster, `GET ${maps}?labelSelector=page&limit=2&continue=${token}`)
  expect(at(second.body, 'items')).toMatchObject([{ metadata: { name: 'p3' } }])
  const all = await send(cluster, `GET ${maps}?limit=1`)
  expect(at(all.body, 'metadata', 'remainingItemCount')).toBeGreaterThanOrEqual(2)
})

test('a name that is taken, one that breaks the rules and a namespace that is missing are refused', async () => {
  await send(cluster, `POST ${maps}`, { body: configMap('taken') })
  expect((await send(cluster, `POST ${maps}`, { body: configMap('taken') })).body).toMatchObject({
    reason: 'AlreadyExists',
    code: 409,
  })
  expect((await send(cluster, `POST ${maps}`, { body: configMap('Bad_Name') })).body).toMatchObject({
    reason: 'Invalid',
    code: 422,
    details: { causes: [{ field: 'metadata.name', reason: 'FieldValueInvalid' }] },
  })
  const nowhere = await send(cluster, 'POST /api/v1/namespaces/nowhere/configmaps', { body: configMap('x') })
  expect(nowhere.body).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' })
})

test('a new namespace gets its default service account, and takes everything with it when it is deleted', async () => {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }
  const created = await send(cluster, 'POST /api/v1/namespaces', { body })
  expect(created.body).toMatchObject({
    metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } },
    status: { phase: 'Active' },
  })
  const account = () => send(cluster, 'GET /api/v1/namespaces/team/serviceaccounts/default')
  await expect.poll(account, { timeout: 20_000 }).toMatchObject({ code: 200 })
  await send(cluster, 'DELETE /api/v1/namespaces/team')
  await expect
    .poll(() => send(cluster, 'GET /api/v1/namespaces/team'), { timeout: 20_000 })
    .toMatchObject({ code: 404 })
  expect(await cluster.objects('ServiceAccount', 'team')).toEqual([])
})

test('a namespace that is being deleted takes nothing new, and says so', async () => {
  const path = '/api/v1/namespaces/leaving'
  await send(cluster, 'POST /api/v1/namespaces', { body: { metadata: { name: 'leaving', finalizers: ['a.com/x'] } } })
  await send(cluster, `DELETE ${path}`)
  expect((await send(cluster, `GET ${path}`)).body).toMatchObject({ status: { phase: 'Terminating' } })
  const { code, body } = await send(cluster, `POST ${path}/configmaps`, { body: configMap('late') })
  expect(code).toBe(403)
  expect(body).toMatchObject({
    reason: 'Forbidden',
    message:
      'configmaps "late" is forbidden: unable to create new content in namespace leaving because it is being terminated',
    details: {
      name: 'late',
      kind: 'configmaps',
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: 'namespace leaving is being terminated',
          field: 'metadata.namespace',
        },
      ],
    },
  })
})

test('a dry run answers as the real call and stores nothing', async () => {
  const dry = await send(cluster, `POST ${maps}?dryRun=All`, { body: configMap('dry') })
  expect(dry.code).toBe(201)
  expect(cluster.calls.all().at(-1)).toMatchObject({ operation: `POST ${maps}`, write: false })
  expect((await send(cluster, `GET ${maps}/dry`)).code).toBe(404)
})

test('patches of all three kinds are applied', async () => {
  await send(cluster, `POST ${maps}`, { body: { metadata: { name: 'patched', annotations: { a: '1', b: '2' } } } })
  const patch = (contentType: string, body: unknown) => send(cluster, `PATCH ${maps}/patched`, { contentType, body })
  const annotations = async (answer: ReturnType<typeof patch>) => at((await answer).body, 'metadata', 'annotations')
  expect(
    await annotations(patch('application/merge-patch+json', { metadata: { annotations: { a: null, c: '3' } } })),
  ).toEqual({ b: '2', c: '3' })
  expect(
    await annotations(patch('application/strategic-merge-patch+json', { metadata: { annotations: { d: '4' } } })),
  ).toEqual({ b: '2', c: '3', d: '4' })
  const operations = [{ op: 'replace', path: '/metadata/annotations/d', value: '5' }]
  expect(await annotations(patch('application/json-patch+json', operations))).toMatchObject({ d: '5' })
})

test('unknown fields are dropped, or refused when a newer server is asked to be strict', async () => {
  const body = { ...configMap('unknown'), secretz: [] }
  const strict = await send(cluster, `POST ${maps}?fieldValidation=Strict&dryRun=All`, { body })
  expect(strict).toMatchObject(
    minorOf(cluster) < 25
      ? { code: 201 }
      : {
          code: 400,
          body: {
            message:
              'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "secretz"',
          },
        },
  )
  const loose = await send(cluster, `POST ${maps}`, { body })
  expect(loose.code).toBe(201)
  expect(loose.body).not.toHaveProperty('secretz')
})

test('a wrong type in a built-in kind is a bad request', async () => {
  const body = { ...configMap('typed'), immutable: 'yes' }
  expect((await send(cluster, `POST ${maps}`, { body })).body).toMatchObject({ code: 400, reason: 'BadRequest' })
})

test('deleting with the uid of another object is a conflict', async () => {
  await send(cluster, `POST ${maps}`, { body: configMap('kept') })
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } }
  expect((await send(cluster, `DELETE ${maps}/kept`, { body })).body).toMatchObject({
    code: 409,
    reason: 'Conflict',
  })
})

test('the call log tells writes from reads and refusals', async () => {
  cluster.calls.clear()
  await send(cluster, `GET ${maps}/patched`)
  await send(cluster, `POST ${maps}`, { body: configMap('logged') })
  await send(cluster, `POST ${maps}`, { body: configMap('logged') })
  expect(cluster.calls.all()).toMatchObject([
    {
      actor: 'kubernetes-admin',
      operation: `GET ${maps}/patched`,
      object: 'ConfigMap default/patched',
      write: false,
    },
    { operation: `POST ${maps}`, object: 'ConfigMap default/logged', write: true },
    { operation: `POST ${maps}`, write: false },
  ])
})
