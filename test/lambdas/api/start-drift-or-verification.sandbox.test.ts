/** Drifts and verifications read a recorded cluster, and change nothing. */
import { describe, expect, test } from 'vitest'
import * as drift from '../../../lambdas/api/starts/start-drift.ts'
import * as verification from '../../../lambdas/api/starts/start-verification.ts'
import * as clusters from '../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { type EndedSetup, newOperation, recordEndedSetup } from '../../support/api/operations.ts'
import { exampleRequest } from '../../support/api/requests.ts'

apiAccount()

const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const writer = { namespace: 'default', serviceAccount: 's3-writer' }
const result = { facts: { kubernetesVersion: '1.33.2' }, providerArn: 'arn:provider', webhook: { mode: 'none' } }

const setUp = (workloads: NonNullable<EndedSetup['workloads']>) => recordEndedSetup({ ...result, workloads })
const send = (handler: typeof drift.handler, cluster: string, body?: unknown) =>
  callApi(handler, { parameters: { cluster }, ...(body !== undefined && { body }) })
const requestOf = async ({ body }: Awaited<ReturnType<typeof callApi>>) =>
  (await operations.readOperation(body.operationId))?.request

describe.each([
  { kind: 'drift', handler: drift.handler, dryRun: true, inputOf: (workload: object) => workload },
  { kind: 'verification', handler: verification.handler, inputOf: (workload: object) => ({ workload }) },
])('a $kind', ({ kind, handler, inputOf, ...shown }) => {
  const start = (cluster: string, body?: unknown) => send(handler, cluster, body)

  test('needs no body, and covers all workloads', async () => {
    const cluster = await setUp([reader, writer])
    const started = await start(cluster)
    const { status, headers, body } = started
    expect(status).toBe(202)
    expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
    expect(body).toMatchObject({ kind, cluster, status: 'running', ...shown })
    expect((await requestOf(started))?.workloads).toMatchObject([inputOf(reader), inputOf(writer)])
  })

  test('of one workload covers only that one', async () => {
    const cluster = await setUp([reader, writer])
    expect((await requestOf(await start(cluster, { workload: writer })))?.workloads).toMatchObject([inputOf(writer)])
  })

  test('takes no lock, and starts while another operation changes the cluster', async () => {
    const cluster = await setUp([reader])
    expect(await recordOperation({ ...newOperation({ cluster }), change: 'same spec' })).toBe('recorded')
    const before = await clusters.readCluster(cluster)
    expect((await start(cluster)).status).toBe(202)
    expect(await clusters.readCluster(cluster)).toEqual(before)
  })

  test('of a mistyped cluster or workload is 404, and the nearest name is proposed', async () => {
    const cluster = await setUp([reader])
    const found = (detail: string) => ({ status: 404, body: { detail: expect.stringContaining(detail) } })
    expect(await start(`${cluster}x`)).toMatchObject(found(`did you mean ${cluster}?`))
    const mistyped = { ...reader, serviceAccount: 's3-raeder' }
    expect(await start(cluster, { workload: mistyped })).toMatchObject(found('did you mean default/s3-reader?'))
    expect((await start('Not a name')).body.detail).not.toContain('did you mean')
  })

  test('of a cluster without a successful setup is 409', async () => {
    const begun = newOperation()
    await recordOperation(begun)
    const { cluster } = begun.operation
    expect(await start(cluster)).toMatchObject({ status: 409, body: { detail: expect.stringContaining(cluster) } })
  })

  test.each([
    [{ workloads: [] }, 'workload'],
    [{ workload: { namespace: 'Default', serviceAccount: 'a' } }, 'workload.namespace'],
    [{ workload: 'all' }, 'workload'],
    [{ workload: { ...reader, serviceaccount: 'a' } }, 'did you mean \\"serviceAccount\\"'],
  ])('with the body %j is refused with the path of the field', async (body, path) => {
    const response = await start('any', body)
    expect(response.status).toBe(400)
    expect(JSON.stringify(response.body.issues)).toContain(path)
  })
})

test('the input of a drift has the spec and the recorded ARNs', async () => {
  const cluster = await setUp([reader, writer])
  const { webhook, discovery } = exampleRequest('setup')
  expect(await requestOf(await send(drift.handler, cluster))).toMatchObject({
    webhook,
    discovery,
    workloads: [{ role: { name: 's3-reader' } }, { role: { name: 's3-writer' } }],
    known: { providerArn: 'arn:provider', roleArns: { 'default/s3-reader': 'arn:s3-reader' } },
  })
})

test('the input of a verification has the spec, the status, and whether it covers all workloads', async () => {
  const cluster = await recordEndedSetup({ example: 'existing-cluster', ...result, workloads: [reader, writer] })
  expect(await requestOf(await send(verification.handler, cluster))).toMatchObject({
    cluster: { name: cluster },
    providerArn: 'arn:provider',
    installed: { mode: 'none' },
    workloads: [
      { roleArn: 'arn:s3-reader', workload: { role: { maxSessionSeconds: 3600 } } },
      { roleArn: 'arn:s3-writer' },
    ],
    all: true,
  })
  expect(await requestOf(await send(verification.handler, cluster, { workload: writer }))).toMatchObject({ all: false })
})

test('a verification names the namespaces of its workloads, by which a developer may read it', async () => {
  const elsewhere = { namespace: 'team-a', serviceAccount: 'reader' }
  const cluster = await setUp([reader, writer, elsewhere])
  const namespacesOf = async (body?: object) => (await send(verification.handler, cluster, body)).body.namespaces
  expect(await namespacesOf()).toEqual(['default', 'team-a'])
  expect(await namespacesOf({ workload: elsewhere })).toEqual(['team-a'])
})

test('too many workloads for one execution are refused, and can be verified one by one', async () => {
  const long = 'x'.repeat(10_000)
  const inlinePolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: long }] }
  const accounts = Array.from({ length: 30 }, (_, index) => ({ ...reader, serviceAccount: `s3-reader-${index}` }))
  const cluster = await setUp(accounts.map((account) => ({ ...account, role: { inlinePolicy } })))
  const { status, body } = await send(verification.handler, cluster)
  expect(status).toBe(409)
  expect(body.detail).toContain('30 workloads')
  const one = { workload: { ...reader, serviceAccount: 's3-reader-7' } }
  expect((await send(verification.handler, cluster, one)).status).toBe(202)
})
