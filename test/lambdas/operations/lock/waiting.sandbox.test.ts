/** Spec changes while an operation changes the cluster: each is accepted at once, and one further operation applies all. */
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test, vi } from 'vitest'
import * as cancel from '../../../../lambdas/api/operations/cancel-operation.ts'
import * as getOperation from '../../../../lambdas/api/operations/get-operation.ts'
import * as putCluster from '../../../../lambdas/api/starts/put-cluster.ts'
import * as startRotation from '../../../../lambdas/api/starts/start-rotation.ts'
import * as startSetup from '../../../../lambdas/api/starts/start-setup.ts'
import * as tearDown from '../../../../lambdas/api/starts/tear-down-cluster.ts'
import { acquireLock, readLock } from '../../../../lambdas/operations/lock/lock.ts'
import { listWaiting, recordAppliedBy } from '../../../../lambdas/operations/lock/waiting.ts'
import { stopExecution } from '../../../../lambdas/operations/reconcile/executions.ts'
import * as reconciler from '../../../../lambdas/operations/reconcile/reconciler.ts'
import { desiredWorkloads } from '../../../../lambdas/operations/record/generation.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { recordStarted } from '../../../../lambdas/operations/record/progress.ts'
import type { OperationEnd } from '../../../../lambdas/operations/record/record.ts'
import { keys, table } from '../../../../lambdas/operations/record/table.ts'
import { alice } from '../../../support/api/alice.ts'
import { callApi } from '../../../support/api/api.ts'
import { recordedCluster } from '../../../support/api/cluster-record.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { exampleBody, existingCluster } from '../../../support/api/requests.ts'
import { settings } from '../../../support/aws/aws-account.ts'
import { notifiedAccount } from '../../../support/aws/notified-account.ts'

const account = notifiedAccount()

const bob = 'arn:aws:iam::000000000000:user/bob'

let made = 0

test('a write during an operation is accepted as the next generation, and waits', async () => {
  const { cluster, put } = await changedCluster()
  const holder = (await readLock(cluster))?.operationId
  const written = await put({ 'webhook.failurePolicy': 'Fail' })
  expect(written).toMatchObject({ status: 202, body: { status: 'queued', waits: true } })
  expect((await recordedCluster(cluster)).cluster).toMatchObject({
    generation: 2,
    spec: { webhook: { failurePolicy: 'Fail' } },
  })
  expect((await readLock(cluster))?.operationId).toBe(holder)
  const { body } = await read(written.body.operationId)
  expect(body).toMatchObject({ status: 'queued', waitsFor: holder, steps: [] })
})

test('the end of the operation starts one further operation for all waiting changes', async () => {
  const { cluster, put, post, first } = await changedCluster()
  const written = [
    await put({ 'webhook.failurePolicy': 'Fail' }),
    await post(withWorkload('a')),
    await post(withWorkload('b')),
  ]
  await end(first)
  const next = await heldBy(cluster)
  expect(next).not.toBe(first.operationId)
  const found = await operations.readOperation(next)
  expect(found).toMatchObject({
    operation: { kind: 'setup', status: 'running', requestedBy: 'generation 4' },
    request: { workloads: desiredWorkloads(await recordedCluster(cluster)) },
  })
  expect(JSON.stringify(found?.request.workloads)).toMatch(/"a".*"b"/)
  for (const { body } of written) expect(await statusOf(body.operationId)).toBe('queued')
  await end({ operationId: next, cluster }, { status: 'succeeded' })
  for (const { body } of written) {
    expect(await operations.readOperationItem(body.operationId)).toMatchObject({
      status: 'succeeded',
      broughtAboutBy: next,
    })
  }
  expect(await readLock(cluster)).toBeUndefined()
  expect(await listWaiting(cluster)).toEqual([])
})

test('an operation that waited shows the steps of the cluster and of its own workloads', async () => {
  const { cluster, post, first } = await changedCluster()
  const written = await post(withWorkload('own'))
  await end(first)
  const operationId = await heldBy(cluster)
  const steps = [
    { state: 'RegisterOidc' },
    { state: 'CreateRole', item: 'default/own' },
    { state: 'CreateRole', item: 'default/other' },
  ]
  for (const step of steps) await recordStarted({ operationId, ...step }, new Date(), new Date(Date.now() + 1000))
  const { body } = await read(written.body.operationId)
  expect(body).toMatchObject({ status: 'running', broughtAboutBy: operationId })
  expect(body.steps.map(({ state, item }: { state: string; item?: string }) => [state, item])).toEqual([
    ['RegisterOidc', undefined],
    ['CreateRole', 'default/own'],
  ])
})

test('a waiting operation fails with the operation that applies it, and names that one', async () => {
  const { cluster, put, first } = await changedCluster()
  const written = await put({ 'webhook.failurePolicy': 'Fail' })
  await end(first)
  const operationId = await heldBy(cluster)
  const error = { name: 'AccessDenied', object: 'role r of team x', reason: 'r', action: 'a' }
  await end({ operationId, cluster }, { status: 'failed', error })
  const after = await operations.readOperationItem(written.body.operationId)
  expect(after).toMatchObject({ status: 'failed', error: { name: 'NotBroughtAbout' } })
  expect(after?.error?.reason).toContain(operationId)
  expect(JSON.stringify(after)).not.toContain('team x')
})

test('the next operation has the bucket that one of the waiting requests names, although the newest one omits it', async () => {
  const cluster = `waiting-${made++}`
  const secret = `arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/${cluster}`
  const bodyOf = (edits: Readonly<Record<string, unknown>>) =>
    exampleBody('setup', {
      'cluster.name': cluster,
      'cluster.credentialsSecretArn': `${secret}/cluster`,
      'cluster.management.credentialsSecretArn': `${secret}/management`,
      'cluster.spec': undefined,
      'cluster.nodePools': undefined,
      ...edits,
    })
  const post = async (edits: Readonly<Record<string, unknown>>) => {
    const { status, body } = await callApi(startSetup.handler, { body: bodyOf(edits) })
    expect({ status, body }).toEqual({ status: 202, body: expect.anything() })
    return body
  }
  const { operationId } = await post({ discovery: undefined })
  expect(await post({ 'discovery.bucket': `${cluster}-keys` })).toMatchObject({ waits: true })
  expect(await post({ discovery: undefined, ...withWorkload('later') })).toMatchObject({ waits: true })
  await end({ operationId, cluster })
  expect((await operations.readOperation(await heldBy(cluster)))?.request).toMatchObject({
    discovery: { bucket: `${cluster}-keys` },
  })
})

test('changes that wait for an operation are applied although it fails', async () => {
  const { cluster, put, first } = await changedCluster()
  await put({ 'webhook.failurePolicy': 'Fail' })
  await end(first, { status: 'failed' })
  expect(await statusOf(await heldBy(cluster))).toBe('running')
})

test('one caller may have 100 waiting writes of a cluster, and does not block other callers', async () => {
  const { cluster, put } = await changedCluster()
  const waiting = Array.from({ length: 100 }, (_, index) => {
    const operationId = `w${index}`
    return { PutRequest: { Item: { ...keys.waiting(cluster, operationId), operationId, caller: alice } } }
  })
  for (let at = 0; at < waiting.length; at += 25) {
    const RequestItems = { [settings.TABLE_NAME]: waiting.slice(at, at + 25) }
    await table.send(new BatchWriteCommand({ RequestItems }))
  }
  const { status, body } = await put({ 'webhook.failurePolicy': 'Fail' })
  expect({ status, detail: body.detail }).toEqual({
    status: 409,
    detail: expect.stringMatching(/^100 writes of the cluster wait for .*, 100 of them are yours/),
  })
  expect(await put({ 'webhook.failurePolicy': 'Fail' }, {}, bob)).toMatchObject({ status: 202 })
})

test('a write during the next operation waits for another one', async () => {
  const { cluster, put, post, first } = await changedCluster()
  await put({ 'webhook.failurePolicy': 'Fail' })
  await end(first)
  const second = await heldBy(cluster)
  const late = await post(withWorkload('late'))
  await end({ operationId: second, cluster }, { status: 'succeeded' })
  expect(await statusOf(late.body.operationId)).toBe('queued')
  const third = await heldBy(cluster)
  expect(third).not.toBe(second)
  await end({ operationId: third, cluster }, { status: 'succeeded' })
  expect(await statusOf(late.body.operationId)).toBe('succeeded')
})

test('a write during a rotation waits for it, also when the rotation ends without releasing the lock', async () => {
  const { cluster, put, first } = await changedCluster()
  await end(first)
  const { operationId } = (await callApi(startRotation.handler, { body: {} })).body
  await acquireLock(cluster, operationId)
  expect(await put({ 'webhook.failurePolicy': 'Fail' })).toMatchObject({ status: 202, body: { waits: true } })
  await operations.endOperation({ operationId }, { status: 'failed' })
  await scheduled()
  const next = await heldBy(cluster)
  expect(next).not.toBe(operationId)
  expect(await statusOf(next)).toBe('running')
})

test('a write during a teardown is refused', async () => {
  const { cluster, put, first } = await changedCluster()
  await end(first)
  expect((await callApi(tearDown.handler, { parameters: { cluster } })).status).toBe(202)
  const { cluster: before } = await recordedCluster(cluster)
  expect((await put({ 'webhook.failurePolicy': 'Fail' })).status).toBe(409)
  expect((await recordedCluster(cluster)).cluster.generation).toBe(before.generation)
})

test('waiting writes fail when a teardown starts before them, also when that teardown fails', async () => {
  const { cluster, put, first } = await changedCluster()
  const written = await put({ 'webhook.failurePolicy': 'Fail' })
  await operations.endOperation(first, { status: 'succeeded' })
  const { body } = await callApi(tearDown.handler, { parameters: { cluster } })
  await operations.endOperation({ operationId: body.operationId, cluster }, { status: 'failed' })
  await scheduled()
  expect(await readLock(cluster)).toBeUndefined()
  expect(await operations.readOperationItem(written.body.operationId)).toMatchObject({
    status: 'failed',
    error: { name: 'TornDown' },
  })
  expect(await listWaiting(cluster)).toEqual([])
})

test('a waiting operation can be cancelled until another operation applies it', async () => {
  const { cluster, put, post, first } = await changedCluster()
  const one = await put({ 'webhook.failurePolicy': 'Fail' })
  expect(await cancelled(one.body.operationId)).toMatchObject({
    status: 200,
    body: {
      status: 'cancelled',
      error: { action: expect.stringContaining('The spec that the operation wrote remains') },
    },
  })
  expect(await listWaiting(cluster)).toEqual([])
  const other = await post(withWorkload('other'))
  await end(first)
  const by = await heldBy(cluster)
  expect(await cancelled(other.body.operationId)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining(by) },
  })
})

test('a cancelled operation that is still listed as waiting starts nothing', async () => {
  const { cluster, put, first } = await changedCluster()
  const { body } = await put({ 'webhook.failurePolicy': 'Fail' })
  await operations.endOperation({ operationId: body.operationId, cluster }, { status: 'cancelled' })
  expect(await listWaiting(cluster)).toHaveLength(1)
  await end(first)
  expect(await readLock(cluster)).toBeUndefined()
  expect(await listWaiting(cluster)).toEqual([])
})

test('a cancelled operation does not wait again when the next one is recorded at the same moment', async () => {
  const { cluster, put } = await changedCluster()
  const { operationId } = (await put({ 'webhook.failurePolicy': 'Fail' })).body
  await cancelled(operationId)
  await recordAppliedBy(cluster, operationId, 'next')
  expect(await listWaiting(cluster)).toEqual([])
})

test('the same key returns the waiting operation also in another session of the same role', async () => {
  const { cluster, put } = await changedCluster()
  const headers = { 'idempotency-key': `key-${cluster}` }
  const session = (name: string) => `arn:aws:sts::000000000000:assumed-role/admin/${name}`
  const one = await put({ 'webhook.failurePolicy': 'Fail' }, headers, session('one'))
  const again = await put({ 'webhook.failurePolicy': 'Fail' }, headers, session('two'))
  expect(again.body).toMatchObject({ operationId: one.body.operationId, waits: true })
  expect(await listWaiting(cluster)).toHaveLength(1)
})

test('when the event of the end is lost, the next scheduled call starts the operation for the waiting changes', async () => {
  const { cluster, put, first } = await changedCluster()
  await put({ 'webhook.failurePolicy': 'Fail' })
  await operations.endOperation(first, { status: 'succeeded' })
  expect(await readLock(cluster)).toBeUndefined()
  await scheduled()
  expect(await statusOf(await heldBy(cluster))).toBe('running')
})

test('a scheduled call reads the waiting operations of one cluster once, however many exist', async () => {
  const { cluster, post, first } = await changedCluster()
  for (const name of ['a', 'b', 'c', 'd']) await post(withWorkload(name))
  await account.aws.calls.clear()
  await scheduled()
  const lists = (await account.aws.calls.all()).filter(({ keys = [] }) => keys.includes('WAITING#'))
  expect(lists.filter(({ keys = [] }) => keys.includes(`CLUSTER#${cluster}`))).toHaveLength(1)
  await end(first)
  expect(await statusOf(await heldBy(cluster))).toBe('running')
})

test('a scheduled call starts the next operation when the function stopped after it recorded that one', async () => {
  const { cluster, put, first } = await changedCluster()
  const written = await put({ 'webhook.failurePolicy': 'Fail' })
  await account.aws.faults.add({ kind: 'refuse', operation: 'states:StartExecution', times: 1 })
  await expect(end(first)).rejects.toThrow()
  const next = await heldBy(cluster)
  expect(await statusOf(next)).toBe('queued')
  vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] })
  await scheduled()
  vi.useRealTimers()
  expect(await statusOf(next)).toBe('running')
  await end({ operationId: next, cluster }, { status: 'succeeded' })
  expect(await statusOf(written.body.operationId)).toBe('succeeded')
})

test('a function that fails after it recorded the next operation starts no second one for the same spec', async () => {
  const { cluster, put, first } = await changedCluster()
  const written = await put({ 'webhook.failurePolicy': 'Fail' })
  const fault = { kind: 'unavailable', operation: 'dynamodb:UpdateItem', body: 'WAITING#', times: 1000 } as const
  await account.aws.faults.add(fault)
  await end(first).catch(() => undefined)
  await account.aws.faults.clear()
  const next = await heldBy(cluster)
  await end({ operationId: next, cluster }, { status: 'succeeded' })
  expect(await operations.readOperationItem(written.body.operationId)).toMatchObject({ broughtAboutBy: next })
  expect(await readLock(cluster)).toBeUndefined()
})

test('a waiting operation that was applied ends as applied, although the first attempt to record its end failed', async () => {
  const { cluster, put, first } = await changedCluster()
  const { operationId } = (await put({ 'webhook.failurePolicy': 'Fail' })).body
  await end(first)
  const next = await heldBy(cluster)
  const failing = { kind: 'unavailable', body: `OPERATION#${operationId}`, times: 1000 } as const
  for (const operation of ['dynamodb:UpdateItem', 'dynamodb:TransactWriteItems']) {
    const fault = { ...failing, operation }
    await account.aws.faults.add(fault)
  }
  await expect(end({ operationId: next, cluster }, { status: 'succeeded' })).rejects.toThrow()
  expect(await statusOf(operationId)).toBe('queued')
  await account.aws.faults.clear()
  await scheduled()
  expect(await operations.readOperationItem(operationId)).toMatchObject({ status: 'succeeded', broughtAboutBy: next })
})

/** Starts the setup of a new cluster. */
async function changedCluster() {
  const cluster = `waiting-${made++}`
  const put = (
    edits: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
    caller: string = alice,
  ) => callApi(putCluster.handler, { parameters: { cluster }, body: existingCluster(cluster, edits), headers, caller })
  const post = (edits: Readonly<Record<string, unknown>>) =>
    callApi(startSetup.handler, { body: existingCluster(cluster, edits) })
  const { body } = await post({})
  return { cluster, put, post, first: { operationId: body.operationId, cluster } }
}

function withWorkload(serviceAccount: string) {
  return { 'workloads.1': { namespace: 'default', serviceAccount, role: { policyArns: [] } } }
}

/** Ends an operation as its workflow does, stops its execution, and calls the reconciler with the event of that stop. */
async function end(
  ref: { readonly operationId: string; readonly cluster: string },
  as: OperationEnd = { status: 'succeeded' },
): Promise<void> {
  await operations.endOperation(ref, as)
  await stopExecution({ ...ref, kind: 'setup' }, 'test')
  await reconciler.handler({ detail: { name: ref.operationId, status: 'SUCCEEDED' } }, lambdaContext(120_000))
}

function scheduled() {
  return reconciler.handler({}, lambdaContext(120_000))
}

async function heldBy(cluster: string): Promise<string> {
  return (await readLock(cluster))?.operationId ?? ''
}

async function statusOf(operationId: string) {
  return (await operations.readOperationItem(operationId))?.status
}

function read(operationId: string) {
  return callApi(getOperation.handler, { parameters: { operationId } })
}

function cancelled(operationId: string) {
  return callApi(cancel.handler, { parameters: { operationId } })
}
