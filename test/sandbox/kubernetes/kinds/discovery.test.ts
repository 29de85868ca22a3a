import { beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { humanDuration } from '../../../../sandbox/kubernetes/objects/durations.ts'
import { at, type JsonObject, objectsIn } from '../../../../sandbox/kubernetes/objects/objects.ts'
import { send, testKubernetes } from '../support.ts'

const sandbox = testKubernetes()
const clusters = new Map<string, Cluster>()

beforeAll(async () => {
  for (const version of ['1.20.9-gke.300', '1.21.14', '1.33.2']) {
    const name = `v${version.replaceAll('.', '-')}`
    clusters.set(
      version,
      await sandbox.kubernetes.addUserCluster({ name, version, issuer: { host: `${name}.example.com` } }),
    )
  }
})

async function read(version: string, path: string, headers = {}): Promise<JsonObject> {
  const cluster = clusters.get(version)
  if (!cluster) throw new Error(`no cluster of ${version}`)
  return (await send(cluster, `GET ${path}`, { headers })).body
}

const groupVersions = async (version: string) =>
  objectsIn((await read(version, '/apis')).groups).flatMap((group) =>
    objectsIn(group.versions).map(({ groupVersion }) => groupVersion),
  )

test.each([
  [
    '1.20.9-gke.300',
    [
      'batch/v1',
      'batch/v1beta1',
      'policy/v1beta1',
      'admissionregistration.k8s.io/v1',
      'admissionregistration.k8s.io/v1beta1',
      'certificates.k8s.io/v1',
      'certificates.k8s.io/v1beta1',
    ],
  ],
  [
    '1.21.14',
    [
      'batch/v1',
      'batch/v1beta1',
      'policy/v1',
      'policy/v1beta1',
      'admissionregistration.k8s.io/v1',
      'admissionregistration.k8s.io/v1beta1',
      'certificates.k8s.io/v1',
      'certificates.k8s.io/v1beta1',
    ],
  ],
  ['1.33.2', ['batch/v1', 'policy/v1', 'admissionregistration.k8s.io/v1', 'certificates.k8s.io/v1']],
])('Kubernetes %s serves exactly its own API versions', async (version, expected) => {
  const changing = (name: unknown) => /^(batch|policy|admissionregistration|certificates)/.test(String(name))
  expect((await groupVersions(version)).filter(changing).sort()).toEqual([...expected].sort())
  expect(await groupVersions(version)).toEqual(expect.arrayContaining(['apps/v1', 'rbac.authorization.k8s.io/v1']))
})

test('the version has the format of a real server', async () => {
  expect(await read('1.20.9-gke.300', '/version')).toMatchObject({
    major: '1',
    minor: '20+',
    gitVersion: 'v1.20.9-gke.300',
  })
  expect(await read('1.33.2', '/version')).toMatchObject({ minor: '33', gitVersion: 'v1.33.2' })
})

test('the resource list of a version includes subresources', async () => {
  const resources = objectsIn((await read('1.33.2', '/api/v1')).resources)
  expect(resources).toContainEqual(
    expect.objectContaining({ name: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true }),
  )
  expect(resources).toContainEqual(expect.objectContaining({ name: 'serviceaccounts/token', kind: 'TokenRequest' }))
})

test('an unknown path, group or version is not found', async () => {
  for (const path of [
    '/apis/batch/v2alpha1',
    '/apis/policy/v1beta1',
    '/apis/policy/v1beta1/poddisruptionbudgets',
    '/elsewhere',
  ]) {
    expect(await read('1.33.2', path)).toMatchObject({
      code: 404,
      message: 'the server could not find the requested resource',
    })
  }
})

test('OpenAPI 3 contains what kubectl needs to apply an object', async () => {
  const index = await read('1.20.9-gke.300', '/openapi/v3')
  expect(at(index, 'paths', 'apis/apps/v1')).toEqual({ serverRelativeURL: '/openapi/v3/apis/apps/v1' })
  const document = await read('1.20.9-gke.300', '/openapi/v3/apis/apps/v1')
  const deployment = at(document, 'components', 'schemas', 'apps.v1.Deployment')
  expect(at(deployment, 'x-kubernetes-group-version-kind')).toEqual([
    { group: 'apps', version: 'v1', kind: 'Deployment' },
  ])
  const spec = (...path: string[]) => at(deployment, 'properties', 'spec', 'properties', ...path)
  expect(spec('replicas')).toEqual({ type: 'integer', default: 1 })
  expect(spec('template', 'properties', 'spec', 'properties', 'containers')).toMatchObject({
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-merge-key': 'name',
  })
  const patch = at(document, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch')
  const parameters = objectsIn(at(patch, 'parameters')).map(({ name }) => name)
  expect(parameters).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force'])
})

test('the columns of a table depend on the server’s version', async () => {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
  const columns = async (version: string, path: string) =>
    objectsIn((await read(version, path, headers)).columnDefinitions).map(({ name }) => name)
  expect(await columns('1.33.2', '/api/v1/pods')).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age'])
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  expect(await columns('1.21.14', requests)).not.toContain('RequestedDuration')
  expect(await columns('1.33.2', requests)).toContain('RequestedDuration')
})

test('the rows of a table include the object that the client requests', async () => {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
  const objectOfRow = async (include: string) =>
    objectsIn((await read('1.33.2', `/api/v1/namespaces?includeObject=${include}`, headers)).rows)[0]?.object
  expect(await objectOfRow('Metadata')).toMatchObject({ kind: 'PartialObjectMetadata' })
  expect(await objectOfRow('Object')).toMatchObject({ kind: 'Namespace', status: { phase: 'Active' } })
  expect(await objectOfRow('None')).toBeUndefined()
})

test.each([
  [59, '59s'],
  [119, '119s'],
  [120, '2m'],
  [605, '10m'],
  [185, '3m5s'],
  [3 * 3600 + 60, '3h1m'],
  [47 * 3600, '47h'],
  [50 * 3600, '2d2h'],
  [400 * 86400, '400d'],
  [800 * 86400, '2y70d'],
])('%i seconds are printed as kubectl prints an age: %s', (seconds, text) => {
  expect(humanDuration(seconds)).toBe(text)
})
