import { beforeAll, expect, test } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { clientCertificate } from '../../support/kubernetes/client-certificate.ts'
import { minorOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('modern')
})

const configMap = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } })
const accounts = '/api/v1/namespaces/default/serviceaccounts'
const maps = '/api/v1/namespaces/default/configmaps'

test('a request without credentials is anonymous, and may read the version but no objects', async () => {
  expect((await send(cluster, 'GET /version', { token: null })).body).toMatchObject({ gitVersion: cluster.gitVersion })
  const { code, body } = await send(cluster, `GET ${accounts}`, { token: null })
  expect(code).toBe(403)
  expect(body.message).toBe(
    'serviceaccounts is forbidden: User "system:anonymous" cannot list resource "serviceaccounts" in API group "" in the namespace "default"',
  )
})

test('a client certificate of the cluster’s CA authenticates the user of its subject', async () => {
  const { key, certificate } = await clientCertificate(cluster, 'otto')
  const { code, body } = await send(cluster, `GET ${accounts}`, { client: { key, cert: certificate } })
  expect(code).toBe(403)
  expect(body.message).toBe(
    'serviceaccounts is forbidden: User "otto" cannot list resource "serviceaccounts" in API group "" in the namespace "default"',
  )
  expect(cluster.calls.all().at(-1)?.actor).toBe('otto')
})

test('deleting a service account returns it', async () => {
  await send(cluster, `POST ${accounts}`, { body: { metadata: { name: 'deleted' } } })
  const { body } = await send(cluster, `DELETE ${accounts}/deleted`)
  expect(body).toMatchObject({ kind: 'ServiceAccount', metadata: { name: 'deleted' } })
})

test('a list has pages of the requested limit', async () => {
  for (const name of ['p1', 'p2', 'p3']) await send(cluster, `POST ${maps}`, { body: configMap(name, { page: 'yes' }) })
  const first = await send(cluster, `GET ${maps}?labelSelector=page&limit=2`)
  expect(at(first.body, 'items')).toHaveLength(2)
  const token = at(first.body, 'metadata', 'continue')
  const second = await send(cluster, `GET ${maps}?labelSelector=page&limit=2&continue=${token}`)
  expect(at(second.body, 'items')).toMatchObject([{ metadata: { name: 'p3' } }])
})

test('a new namespace gets its default service account, and its objects are deleted with it', async () => {
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

test('a terminating namespace refuses new objects', async () => {
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

test('unknown fields are dropped, or refused by a newer server with strict field validation', async () => {
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

test('deleting with the uid of another object is a conflict', async () => {
  await send(cluster, `POST ${maps}`, { body: configMap('kept') })
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } }
  expect((await send(cluster, `DELETE ${maps}/kept`, { body })).body).toMatchObject({
    code: 409,
    reason: 'Conflict',
  })
})
