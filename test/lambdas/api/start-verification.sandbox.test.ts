import { expect, test } from 'vitest'
import * as api from '../../../lambdas/api/start-verification.ts'
import * as clusters from '../../../lambdas/operations/cluster-record.ts'
import * as operations from '../../../lambdas/operations/operations.ts'
import { recordOperation } from '../../../lambdas/operations/record-operation.ts'
import { apiAccount, callApi } from '../../support/api.ts'
import { type EndedSetup, newOperation, recordEndedSetup } from '../../support/operations.ts'

apiAccount()

const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const writer = { namespace: 'default', serviceAccount: 's3-writer' }
const result = { facts: { kubernetesVersion: '1.33.2' }, providerArn: 'arn:provider', webhook: { mode: 'none' } }

const setUp = (workloads: NonNullable<EndedSetup['workloads']>) =>
  recordEndedSetup({ example: 'existing-cluster', ...result, workloads })

test('all workloads of a cluster are verified, with what was asked for and what is', async () => {
  const cluster = await setUp([reader, writer])
  const { status, headers, body } = await verify(cluster)
  expect(status).toBe(202)
  expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
  expect(body).toMatchObject({ kind: 'verification', cluster, status: 'running' })
  expect((await operations.readOperation(body.operationId))?.request).toMatchObject({
    cluster: { name: cluster },
    providerArn: 'arn:provider',
    installed: { mode: 'none' },
    workloads: [
      { roleArn: 'arn:s3-reader', workload: { ...reader, role: { maxSessionSeconds: 3600 } } },
      { roleArn: 'arn:s3-writer', workload: writer },
    ],
    all: true,
  })
})

test('one workload is verified alone', async () => {
  const cluster = await setUp([reader, writer])
  const { body } = await verify(cluster, { workload: writer })
  const recorded = await operations.readOperation(body.operationId)
  expect(recorded?.request).toMatchObject({ workloads: [{ workload: writer }], all: false })
})

test('a verification names the namespaces of its workloads, by which a developer may read it', async () => {
  const elsewhere = { namespace: 'team-a', serviceAccount: 'reader' }
  const cluster = await setUp([reader, writer, elsewhere])
  expect((await verify(cluster)).body.namespaces).toEqual(['default', 'team-a'])
  expect((await verify(cluster, { workload: elsewhere })).body.namespaces).toEqual(['team-a'])
})

test('a cluster can be verified while it is being changed, and stays what it was asked to be', async () => {
  const cluster = await setUp([reader])
  const running = newOperation({ cluster })
  expect(await recordOperation({ ...running, change: 'same spec' })).toBe('recorded')
  const before = await clusters.readCluster(cluster)
  expect((await verify(cluster)).status).toBe(202)
  expect(await clusters.readCluster(cluster)).toEqual(before)
})

test('a cluster that is mistyped is not found, and the nearest named', async () => {
  const cluster = await setUp([reader])
  const { status, body } = await verify(`${cluster}x`)
  expect(status).toBe(404)
  expect(body.detail).toContain(`did you mean ${cluster}?`)
  expect((await verify('Not a name')).body.detail).not.toContain('did you mean')
})

test('a workload that is mistyped is not found, and the nearest named', async () => {
  const cluster = await setUp([reader])
  const { status, body } = await verify(cluster, { workload: { ...reader, serviceAccount: 's3-raeder' } })
  expect(status).toBe(404)
  expect(body.detail).toContain('did you mean default/s3-reader?')
})

test('a cluster whose setup has not gone to its end cannot be verified', async () => {
  const { operation, ...rest } = newOperation({ cluster: 'half-done' })
  await recordOperation({ operation, ...rest })
  const { status, body } = await verify('half-done')
  expect(status).toBe(409)
  expect(body.detail).toContain('half-done')
})

test('workloads that are too many for one workflow are verified one by one', async () => {
  const long = 'x'.repeat(10_000)
  const inlinePolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: long }] }
  const accounts = Array.from({ length: 30 }, (_, index) => ({ ...reader, serviceAccount: `s3-reader-${index}` }))
  const cluster = await setUp(accounts.map((account) => ({ ...account, role: { inlinePolicy } })))
  const { status, body } = await verify(cluster)
  expect(status).toBe(409)
  expect(body.detail).toContain('30 workloads')
  expect((await verify(cluster, { workload: { ...reader, serviceAccount: 's3-reader-7' } })).status).toBe(202)
})

test.each([
  [{ workloads: [] }, 'workload'],
  [{ workload: { namespace: 'Default', serviceAccount: 'a' } }, 'workload.namespace'],
  [{ workload: 'all' }, 'workload'],
  [{ workload: { ...reader, serviceaccount: 'a' } }, 'did you mean \\"serviceAccount\\"'],
])('the body %j is refused, by the path of its field', async (body, path) => {
  const response = await verify('any', body)
  expect(response.status).toBe(400)
  expect(JSON.stringify(response.body.issues)).toContain(path)
})

function verify(cluster: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  return callApi(api.handler, { parameters: { cluster }, headers, ...(body !== undefined && { body }) })
}
