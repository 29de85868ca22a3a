import { expect, test } from 'vitest'
import * as api from '../../../lambdas/api/start-webhook-upgrade.ts'
import { decodeFailure } from '../../../lambdas/errors/failure-codec.ts'
import * as clusters from '../../../lambdas/operations/cluster-record.ts'
import * as operations from '../../../lambdas/operations/operations.ts'
import * as recordWebhook from '../../../lambdas/webhook/record-webhook.ts'
import * as recordUpgrade from '../../../lambdas/workflows/webhook-upgrade/record-upgrade.ts'
import { apiAccount, callApi } from '../../support/api.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { recordEndedSetup } from '../../support/operations.ts'

apiAccount()

const own = { mode: 'own-ca', image: 'registry/webhook:v0.5.0', namespace: 'webhooks', replicas: 2 }
const image = 'registry/webhook:v0.6.17'

const facts = { kubernetesVersion: '1.33.2', kubernetesMinor: 33 }
const setUp = (webhook = own) => recordEndedSetup({ facts, providerArn: 'arn:provider', webhook })

function upgrade(cluster: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  return callApi(api.handler, { parameters: { cluster }, headers, ...(body !== undefined && { body }) })
}

const specOf = async (cluster: string) => (await clusters.readCluster(cluster))?.cluster.spec

test('an upgrade takes the lock of its cluster, and asks for nothing yet that a later setup would find', async () => {
  const cluster = await setUp()
  const before = await specOf(cluster)
  const { status, headers, body } = await upgrade(cluster, { image })
  expect(status).toBe(202)
  expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
  expect(body).toMatchObject({ kind: 'webhook-upgrade', cluster, status: 'running' })
  const recorded = await operations.readOperation(body.operationId)
  expect(recorded?.request).toMatchObject({ webhook: { image, namespace: 'webhooks' }, installed: own, restart: false })
  expect(await specOf(cluster)).toEqual(before)
  expect((await clusters.readCluster(cluster))?.lock).toMatchObject({ operationId: body.operationId })
})

test('while it runs no other change of its cluster starts', async () => {
  const cluster = await setUp()
  const { body } = await upgrade(cluster)
  const second = await upgrade(cluster, { image })
  expect(second.status).toBe(409)
  expect(second.headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
})

test('the same key gives the same upgrade, and none to another image', async () => {
  const cluster = await setUp()
  const headers = { 'idempotency-key': `key-${cluster}` }
  const [first, again] = [await upgrade(cluster, { image }, headers), await upgrade(cluster, { image }, headers)]
  expect(again.body.operationId).toBe(first.body.operationId)
  expect((await upgrade(cluster, {}, headers)).status).toBe(422)
})

/** What each of the two steps that record an upgrade is called with by the workflow. */
const call = (cluster: string, operationId: string, state: string, input: object) => ({
  operationId,
  cluster,
  state,
  attempt: 0,
  input,
})
const webhook = { mode: 'install', certificate: 'own-ca', image, namespace: 'webhooks', failurePolicy: 'Ignore' }
const recorded = { webhook, installed: { ...own, image } }

test('what it has come to is what the cluster is asked from now on, and is, also while there is more to do', async () => {
  const cluster = await setUp()
  const { operationId } = (await upgrade(cluster, { image })).body
  await recordWebhook.handler(call(cluster, operationId, 'RecordWebhook', recorded), lambdaContext())
  const { cluster: after, lock } = (await clusters.readCluster(cluster)) ?? {}
  const status = { webhook: recorded.installed, cluster: { kubernetesMinor: 33 } }
  expect(after).toMatchObject({ spec: { webhook }, status })
  expect(lock).toMatchObject({ operationId })
  expect((await operations.readOperation(operationId))?.operation.status).toBe('running')
})

test('it ends when nothing is left to do, and its cluster is free again', async () => {
  const cluster = await setUp()
  const { operationId } = (await upgrade(cluster, { image })).body
  const end = () =>
    recordUpgrade.handler(call(cluster, operationId, 'RecordUpgrade', { remaining: [] }), lambdaContext())
  expect(await end()).toMatchObject({ restarted: true })
  expect((await clusters.readCluster(cluster))?.lock).toBeUndefined()
  expect((await operations.readOperation(operationId))?.operation.status).toBe('succeeded')
  expect(await end()).toMatchObject({ restarted: true })
})

test('a dry run runs beside others: it takes no lock, and ends without one', async () => {
  const cluster = await setUp()
  const { status, body } = await upgrade(cluster, { image, dryRun: true })
  expect(status).toBe(202)
  expect(body).toMatchObject({ kind: 'webhook-upgrade', dryRun: true })
  expect((await clusters.readCluster(cluster))?.lock).toBeUndefined()
  const other = (await upgrade(cluster, { image })).body.operationId
  const { operationId } = body
  const end = { ...call(cluster, operationId, 'RecordUpgrade', { remaining: [] }), dryRun: true }
  expect(await recordUpgrade.handler(end, lambdaContext())).toMatchObject({ restarted: true })
  expect((await operations.readOperation(operationId))?.operation.status).toBe('succeeded')
  expect((await clusters.readCluster(cluster))?.lock).toMatchObject({ operationId: other })
})

test('with a controller left as it was, it is the workflow’s to fail, and holds its cluster until then', async () => {
  const cluster = await setUp()
  const { operationId } = (await upgrade(cluster, { image })).body
  const remaining = [
    { name: 'AccessDenied', object: 'Deployment a/b', reason: 'it may not be patched', action: 'Allow it' },
  ]
  const answer = await recordUpgrade.handler(
    call(cluster, operationId, 'RecordUpgrade', { remaining }),
    lambdaContext(),
  )
  expect(answer).toMatchObject({ restarted: false, error: 'AccessDenied' })
  expect((await clusters.readCluster(cluster))?.lock).toMatchObject({ operationId })
  const cause = 'cause' in answer ? answer.cause : ''
  expect(decodeFailure({ error: 'AccessDenied', cause })).toMatchObject({
    object: 'Deployment a/b',
    step: 'RestartControllers',
  })
})

test('one that was ended meanwhile records nothing', async () => {
  const cluster = await setUp()
  const before = await specOf(cluster)
  const { operationId } = (await upgrade(cluster, { image })).body
  await operations.endOperation({ operationId, cluster }, { status: 'cancelled' })
  const late = [
    () => recordWebhook.handler(call(cluster, operationId, 'RecordWebhook', recorded), lambdaContext()),
    () => recordUpgrade.handler(call(cluster, operationId, 'RecordUpgrade', { remaining: [] }), lambdaContext()),
  ]
  for (const run of late) await expect(run()).rejects.toMatchObject({ name: 'OperationEnded' })
  expect(await specOf(cluster)).toEqual(before)
})

test.each([
  [{ image: 'registry/webhook' }, 'image'],
  [{ image: 'registry/webhook:latest' }, 'image'],
  [{ certificate: 'csr' }, 'certificate'],
  [{ certificate: 'none' }, 'certificate'],
  [{ namespace: 'Web Hooks' }, 'namespace'],
  [{ images: 'registry/webhook:v1' }, 'images'],
])('the body %j is refused, by the path of its field', async (body, path) => {
  const cluster = await setUp()
  const response = await upgrade(cluster, body)
  expect(response.status).toBe(400)
  expect(response.body.issues).toMatchObject([{ path }])
  expect((await clusters.readCluster(cluster))?.lock).toBeUndefined()
})

test('a cluster that is mistyped is not found, and the nearest named', async () => {
  const cluster = await setUp()
  const { status, body } = await upgrade(`${cluster}x`)
  expect(status).toBe(404)
  expect(body.detail).toContain(`did you mean ${cluster}?`)
})
