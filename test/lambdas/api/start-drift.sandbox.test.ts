import { expect, test } from 'vitest'
import * as api from '../../../lambdas/api/start-drift.ts'
import * as clusters from '../../../lambdas/operations/cluster-record.ts'
import * as operations from '../../../lambdas/operations/operations.ts'
import { recordOperation } from '../../../lambdas/operations/record-operation.ts'
import { apiAccount, callApi } from '../../support/api.ts'
import { newOperation, recordEndedSetup, recordNext } from '../../support/operations.ts'
import { exampleRequest } from '../../support/requests.ts'

apiAccount()

const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const writer = { namespace: 'default', serviceAccount: 's3-writer' }
const result = { facts: { issuerUrl: 'https://issuer' }, providerArn: 'arn:provider', webhook: { mode: 'none' } }

test('needs no body, and is given what was asked for and what is known', async () => {
  const cluster = await recordEndedSetup({ ...result, workloads: [reader, writer] })
  const { status, headers, body } = await drift(cluster)
  expect(status).toBe(202)
  expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
  expect(body).toMatchObject({ kind: 'drift', dryRun: true, cluster, status: 'running' })
  const spec = exampleRequest('setup')
  expect((await operations.readOperation(body.operationId))?.request).toMatchObject({
    webhook: spec.webhook,
    discovery: spec.discovery,
    workloads: [
      { ...reader, role: { name: 's3-reader' } },
      { ...writer, role: { name: 's3-writer' } },
    ],
    known: { providerArn: 'arn:provider', roleArns: { 'default/s3-reader': 'arn:s3-reader' } },
  })
})

test('takes no lock, and can be looked for while the cluster is being changed', async () => {
  const cluster = await recordEndedSetup({ ...result, workloads: [reader] })
  expect(await recordNext(newOperation({ cluster }))).toBe('recorded')
  const before = await clusters.readCluster(cluster)
  expect((await drift(cluster)).status).toBe(202)
  expect(await clusters.readCluster(cluster)).toEqual(before)
})

test('of one workload is looked for alone', async () => {
  const cluster = await recordEndedSetup({ ...result, workloads: [reader, writer] })
  const { body } = await drift(cluster, { workload: writer })
  expect((await operations.readOperation(body.operationId))?.request.workloads).toMatchObject([writer])
})

test('of a workload that the cluster does not have is 404', async () => {
  const cluster = await recordEndedSetup({ ...result, workloads: [reader, writer] })
  const { status } = await drift(cluster, { workload: { ...reader, serviceAccount: 's3-raeder' } })
  expect(status).toBe(404)
})

test('of a cluster whose setup has not gone to its end is 409', async () => {
  const begun = newOperation()
  await recordOperation(begun)
  const { status, body } = await drift(begun.operation.cluster)
  expect(status).toBe(409)
  expect(body.detail).toContain(begun.operation.cluster)
})

test.each([
  [{ workloads: [] }, 'workload'],
  [{ workload: { namespace: 'Default', serviceAccount: 'a' } }, 'workload.namespace'],
])('with the body %j is refused, by the path of its field', async (body, path) => {
  const response = await drift('any', body)
  expect(response.status).toBe(400)
  expect(JSON.stringify(response.body.issues)).toContain(path)
})

function drift(cluster: string, body?: unknown) {
  return callApi(api.handler, { parameters: { cluster }, ...(body !== undefined && { body }) })
}
