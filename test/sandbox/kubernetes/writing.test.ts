import { request } from 'node:https'
import { beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { at, type JsonObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { apply, send, testKubernetes } from './support.ts'

/** Warnings, encodings and field ownership for clients that write. */
const sandbox = testKubernetes()
let modern: Cluster
let old: Cluster

beforeAll(async () => {
  modern = await sandbox.kubernetes.addUserCluster({
    name: 'w33',
    version: '1.33.2',
    issuer: { host: 'w33.example.com' },
  })
  old = await sandbox.kubernetes.addUserCluster({
    name: 'w21',
    version: '1.21.14',
    issuer: { host: 'w21.example.com' },
  })
})

const maps = '/api/v1/namespaces/default/configmaps'
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** The Warning header of the response to a POST, or without a body to a GET. */
function warningOf(cluster: Cluster, path: string, body?: JsonObject): Promise<string | undefined> {
  const { port, settings, caPem: ca, adminToken } = cluster
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const method = body ? 'POST' : 'GET'
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: settings.host, ca, agent: false, path, method, headers }
    const sent = request(options, (response) => {
      response.resume()
      resolve(response.headers.warning)
    })
    sent.on('error', reject)
    sent.end(body && JSON.stringify(body))
  })
}

test('servers from 1.25 warn of an unknown field, unless the request ignores it', async () => {
  const body = (name: string) => ({ metadata: { name }, colour: 'blue' })
  expect(await warningOf(modern, maps, body('a'))).toBe('299 - "unknown field \\"colour\\""')
  expect(await warningOf(modern, `${maps}?fieldValidation=Ignore`, body('b'))).toBeUndefined()
  expect(await warningOf(old, maps, body('a'))).toBeUndefined()
})

test('refuses a body in protobuf with a remedy, and answers in JSON to a client that prefers protobuf', async () => {
  const type = 'application/vnd.kubernetes.protobuf'
  const sent = { body: Buffer.from('k8s\0'), contentType: type }
  expect(await send(modern, 'POST /api/v1/namespaces', sent)).toMatchObject({
    code: 415,
    body: { kind: 'Status', reason: 'UnsupportedMediaType', message: expect.stringContaining('kubectl apply -f FILE') },
  })
  const headers = { accept: `${type}, application/json` }
  expect((await send(modern, 'GET /api/v1/namespaces/default', { headers })).body).toMatchObject({ kind: 'Namespace' })
})

test('an object that a dry run would create has no resourceVersion', async () => {
  const { body } = await send(modern, `POST ${maps}?dryRun=All`, { body: { metadata: { name: 'dry' } } })
  expect(body.metadata).not.toHaveProperty('resourceVersion')
})

const configuration = (level: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kept' },
  data: { level },
})

async function applyAsClient(level: string): Promise<void> {
  const { metadata, ...rest } = configuration(level)
  const annotations = { [lastApplied]: JSON.stringify(configuration(level)) }
  const path = `${maps}?fieldManager=kubectl-client-side-apply`
  await send(modern, `POST ${path}`, { body: { ...rest, metadata: { ...metadata, annotations } } })
}

test('only kubectl can change from client-side to server-side apply without a conflict', async () => {
  await applyAsClient('1')
  expect((await apply(modern, `${maps}/kept`, configuration('2'), 'fieldManager=other')).code).toBe(409)
  const taken = await apply(modern, `${maps}/kept`, configuration('2'), 'fieldManager=kubectl')
  expect({ code: taken.code, level: at(taken.body, 'data', 'level') }).toEqual({ code: 200, level: '2' })
})

test('a field that another manager changed after the last client-side apply is a conflict for kubectl, too', async () => {
  await send(modern, `DELETE ${maps}/kept`)
  await applyAsClient('1')
  const patch = { body: { data: { level: '7' } }, contentType: 'application/merge-patch+json' }
  await send(modern, `PATCH ${maps}/kept?fieldManager=somebody`, patch)
  expect((await apply(modern, `${maps}/kept`, configuration('2'), 'fieldManager=kubectl')).code).toBe(409)
})

test('an update may set managedFields', async () => {
  const { body } = await send(modern, `GET ${maps}/kept`)
  const entry = {
    manager: 'heir',
    operation: 'Apply',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { 'f:level': {} } },
  }
  const next = { ...body, metadata: { ...Object(body.metadata), managedFields: [entry] } }
  const updated = await send(modern, `PUT ${maps}/kept`, { body: next })
  expect(at(updated.body, 'metadata', 'managedFields')).toMatchObject([{ manager: 'heir', operation: 'Apply' }])
})
