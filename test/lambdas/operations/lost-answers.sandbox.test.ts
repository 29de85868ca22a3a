/** Writes that take effect, whose responses are lost, and which the SDK sends again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { holdBucket, readBucketClaim } from '../../../lambdas/claims/bucket-claims.ts'
import { providerResource } from '../../../lambdas/claims/claim.ts'
import { hold, ownerOfEach, release } from '../../../lambdas/claims/claims.ts'
import { completeIfHeld } from '../../../lambdas/operations/lock/complete-if-held.ts'
import * as lock from '../../../lambdas/operations/lock/lock.ts'
import * as executions from '../../../lambdas/operations/reconcile/executions.ts'
import { settle } from '../../../lambdas/operations/reconcile/settle.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../lambdas/operations/record/progress.ts'
import { getItem, keys } from '../../../lambdas/operations/record/table.ts'
import { update } from '../../../lambdas/operations/record/writes.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { startExecution } from '../../../lambdas/operations/start/start-recorded.ts'
import { request } from '../../../sandbox/aws/server.ts'
import { newOperation } from '../../support/api/operations.ts'
import { recordedOperation } from '../../support/api/recorded-operation.ts'
import { notifiedAccount } from '../../support/aws/notified-account.ts'
import { publishedMetrics } from '../../support/aws/published-metrics.ts'
import { useBucket } from '../../support/steps/claims.ts'

const account = notifiedAccount()
const hourAgo = () => new Date(Date.now() - 3_600_000).toISOString()

beforeEach(async () => void (await account.taken()))
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  // Each fault has occurred.
  expect(await request('GET', `${account.aws.endpoint}/_sandbox/faults`)).toEqual([])
})

/** The next calls of an action with `body` in their requests take effect, and their responses are lost. */
async function lose(operation: string, times = 1, body = ''): Promise<void> {
  const fault = { kind: 'drop-response', operation, times, body } as const
  await account.aws.faults.add(fault)
}

test('an operation whose record is sent twice is recorded once, and has its lock', async () => {
  const made = newOperation()
  const slots = { caller: made.operation.cluster, most: 1 }
  await lose('dynamodb:TransactWriteItems')
  expect(await recordOperation({ ...made, slots })).toBe('recorded')
  const { operationId, cluster } = made.operation
  expect(await lock.readLock(cluster)).toMatchObject({ operationId })
})

test('a read without a response in ten seconds is sent again', async () => {
  const { operationId } = await recordedOperation()
  await account.aws.faults.add({ kind: 'delay', operation: 'dynamodb:BatchGetItem', times: 1, delayMs: 60_000 })
  expect(await operations.readOperationItem(operationId)).toMatchObject({ operationId })
})

test('an operation whose end is sent twice has succeeded, and its lock is released', async () => {
  const { operationId, cluster } = await recordedOperation()
  await lose('dynamodb:TransactWriteItems')
  await completeIfHeld({ operationId, cluster })
  expect(await operations.readOperationItem(operationId)).toMatchObject({ status: 'succeeded' })
  expect(await lock.readLock(cluster)).toBeUndefined()
})

test('an operation whose end gets no response has succeeded when the step is called again', async () => {
  const { operationId, cluster } = await recordedOperation()
  await lose('dynamodb:TransactWriteItems', 3)
  await expect(completeIfHeld({ operationId, cluster })).rejects.toMatchObject({ name: 'Unreachable' })
  await completeIfHeld({ operationId, cluster })
  expect(await operations.readOperationItem(operationId)).toMatchObject({ status: 'succeeded' })
})

test('a lock is acquired and released when responses are lost', async () => {
  const { operation } = newOperation()
  await lose('dynamodb:UpdateItem')
  expect(await lock.acquireLock(operation.cluster, operation.operationId)).toBe(true)
  await lose('dynamodb:DeleteItem')
  await lock.releaseLock(operation.cluster, operation.operationId)
  expect(await lock.readLock(operation.cluster)).toBeUndefined()
})

test('each attempt of a step and each of its changes is recorded once when responses are lost', async () => {
  const { operationId } = await recordedOperation()
  const ref = { operationId, state: 'CreateRole' }
  const change = (object: string) => ({ object, action: 'created' }) as const
  await lose('dynamodb:UpdateItem')
  await progress.recordStarted(ref, new Date())
  await lose('dynamodb:UpdateItem')
  await progress.recordWaiting(ref, { reason: 'not yet' }, [change('a')])
  await progress.recordStarted(ref, new Date())
  await lose('dynamodb:UpdateItem')
  await progress.recordSucceeded(ref, { changes: [change('b')], output: {} }, new Date())
  await lose('dynamodb:TransactWriteItems')
  const status = update(keys.cluster('prod'), { set: { written: true } })
  await progress.recordSucceeded(ref, { changes: [change('c')], output: {} }, new Date(), status)
  const { steps } = (await operations.readOperation(operationId)) ?? {}
  expect(steps).toMatchObject([{ status: 'succeeded', attempts: 2, changes: ['a', 'b', 'c'].map(change) }])
  expect(await getItem(keys.cluster('prod'))).toMatchObject({ written: true })
})

test('the end of an operation is measured once when the response of its settling is lost', async () => {
  const { operationId } = await recordedOperation({ createdAt: hourAgo() })
  const published = publishedMetrics()
  await lose('dynamodb:DeleteItem', 1, 'OPEN')
  expect(await settle(operationId)).toBe('settled')
  expect(await settle(operationId)).toBe('settled')
  expect(published()).toMatchObject([{ operationId, status: 'failed' }])
})

test('a notification is sent once when the response of its claim is lost', async () => {
  const operation = await recordedOperation({ createdAt: hourAgo() })
  await lose('dynamodb:UpdateItem', 1, 'notifier')
  expect(await settle(operation.operationId)).toBe('settled')
  expect(await account.taken()).toMatchObject([{ message: { operationId: operation.operationId } }])
})

test('a notification whose claim gets no response is sent some minutes later', async () => {
  const operation = await recordedOperation({ createdAt: hourAgo() })
  await lose('dynamodb:UpdateItem', 3, 'notifier')
  await expect(settle(operation.operationId)).rejects.toMatchObject({ name: 'Unreachable' })
  expect(await settle(operation.operationId)).toBe('ending')
  vi.useFakeTimers({ now: Date.now() + 181_000, toFake: ['Date'] })
  expect(await settle(operation.operationId)).toBe('settled')
  expect(await account.taken()).toMatchObject([{ message: { operationId: operation.operationId } }])
})

test('an execution is started once, and stopped, when responses are lost', async () => {
  account.useWorkflow('running')
  const operation = await recordedOperation()
  await lose('states:StartExecution')
  await startExecution(operation, {})
  expect(await executions.readExecution(operation)).toBe('running')
  await lose('states:StopExecution')
  expect(await executions.stopExecution(operation, 'by hand')).toBe(true)
})

test('a claim is held and released when responses are lost', async () => {
  const { cluster } = await recordedOperation()
  const resource = providerResource(`arn:of:${cluster}`)
  await lose('dynamodb:TransactWriteItems')
  await hold([resource], { cluster })
  expect(await ownerOfEach([resource])).toEqual([cluster])
  await lose('dynamodb:DeleteItem')
  await release(resource, cluster)
  expect(await ownerOfEach([resource])).toEqual([undefined])
})

test('a bucket is held, and its grant claimed, when a response is lost', async () => {
  const { cluster, operationId } = await recordedOperation()
  await useBucket(cluster, cluster, { account: 'a', operationId })
  const terms = { project: 'platform-prod', account: 'a', role: 'roles/storage.objectAdmin' }
  await lose('dynamodb:UpdateItem')
  await holdBucket(cluster, { cluster, terms, isGranted: true })
  const claim = await readBucketClaim(cluster, cluster)
  expect(claim).toMatchObject({ held: true, users: { [cluster]: { held: terms } } })
  expect(claim?.grants).toContainEqual({ account: 'a', role: terms.role })
})
