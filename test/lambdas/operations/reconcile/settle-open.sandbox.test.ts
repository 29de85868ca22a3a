import { beforeEach, expect, test, vi } from 'vitest'
import * as lock from '../../../../lambdas/operations/lock/lock.ts'
import * as executions from '../../../../lambdas/operations/reconcile/executions.ts'
import { reconcileOperation } from '../../../../lambdas/operations/reconcile/reconcile.ts'
import * as reconciler from '../../../../lambdas/operations/reconcile/reconciler.ts'
import { settle } from '../../../../lambdas/operations/reconcile/settle.ts'
import { where } from '../../../../lambdas/operations/record/expression.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../../lambdas/operations/record/progress.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { openOperations, queryItems } from '../../../../lambdas/operations/record/table.ts'
import { startExecution } from '../../../../lambdas/operations/start/start-recorded.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { recordedOperation } from '../../../support/api/recorded-operation.ts'
import { notifiedAccount } from '../../../support/aws/notified-account.ts'
import { publishedMetrics } from '../../../support/aws/published-metrics.ts'

const account = notifiedAccount()
const hourAgo = () => new Date(Date.now() - 3_600_000)

beforeEach(async () => {
  await settleOpen()
  await account.taken()
})

test('an operation whose execution is lost ends, its lock is released, and a notification is sent', async () => {
  const operation = await recorded({ startedAt: hourAgo().toISOString() })
  await settleOpen()
  expect(await endOf(operation)).toMatchObject({ status: 'failed', error: { name: 'ExecutionLost' } })
  expect(await lock.readLock(operation.cluster)).toBeUndefined()
  expect(await account.taken()).toMatchObject([{ message: { operationId: operation.operationId, status: 'failed' } }])
  await settleOpen()
  expect(await account.taken()).toEqual([])
})

test('a missing execution is started, unless its operation has just been recorded', async () => {
  const operation = await recorded({ status: 'queued' })
  const young = await recorded({ status: 'queued', createdAt: new Date().toISOString() })
  await settleOpen()
  expect(await endOf(operation)).toMatchObject({ status: 'running' })
  expect(await executions.readExecution(operation)).toBe('running')
  expect(await endOf(young)).toMatchObject({ status: 'queued' })
  await executions.stopExecution(operation, 'test')
  for (const each of [operation, young]) await operations.endOperation(each, { status: 'cancelled' })
  await settleOpen()
})

test('an operation whose start is refused permanently ends, its lock is released, and its start is not tried again', async () => {
  const operation = await recorded({ status: 'queued' })
  await account.aws.faults.add({ kind: 'refuse', operation: 'states:StartExecution', times: 1 })
  await settleOpen()
  expect(await endOf(operation)).toMatchObject({
    status: 'failed',
    error: {
      name: 'StartRefused',
      object: expect.stringContaining(':stateMachine:'),
      reason: expect.stringContaining('AWS refused states:StartExecution'),
      action: expect.stringContaining('Allow states:StartExecution'),
    },
  })
  expect(await lock.readLock(operation.cluster)).toBeUndefined()
  expect(await account.taken()).toMatchObject([{ message: { operationId: operation.operationId, status: 'failed' } }])
  expect(await open()).toEqual([])
})

test.each([
  ['is refused for the first minutes', 'refuse', 2],
  ['fails for a transient reason', 'unavailable', 60],
] as const)('an operation whose start %s is started later', async (_, kind, minutes) => {
  const createdAt = new Date(Date.now() - minutes * 60_000).toISOString()
  const operation = await recorded({ status: 'queued', createdAt })
  await account.aws.faults.add({ kind, operation: 'states:StartExecution', times: 10 })
  await expect(settleOpen()).rejects.toThrow('1 operations could not be settled')
  expect(await endOf(operation)).toMatchObject({ status: 'queued' })
  await account.aws.faults.clear()
  await settleOpen()
  expect(await endOf(operation)).toMatchObject({ status: 'running' })
  await executions.stopExecution(operation, 'test')
  await operations.endOperation(operation, { status: 'cancelled' })
  await settleOpen()
})

test('a running operation does not end although its start is refused now', async () => {
  const operation = await recorded({ status: 'queued' })
  await startExecution(operation, {})
  await account.aws.faults.add({ kind: 'refuse', operation: 'states:StartExecution', times: 1 })
  await expect(settleOpen()).rejects.toThrow('1 operations could not be settled')
  expect(await endOf(operation)).toMatchObject({ status: 'queued' })
  await executions.stopExecution(operation, 'test')
  await settleOpen()
})

test('an ended execution whose event was lost ends its operation', async () => {
  const operation = await running()
  await executions.stopExecution(operation, 'by hand')
  await settleOpen()
  expect(await endOf(operation)).toMatchObject({
    status: 'cancelled',
    error: { reason: 'the operation was stopped: by hand' },
  })
})

test('a running operation, or one that has just changed, is not ended', async () => {
  const runs = await running()
  const young = await recorded({ createdAt: new Date().toISOString() })
  const active = await recorded()
  const step = { operationId: active.operationId, state: 'CreateRole' }
  await progress.recordStarted(step, new Date(), hourAgo())
  await settleOpen()
  for (const operation of [runs, young, active]) {
    expect((await endOf(operation))?.status).toBe('running')
    expect(await lock.readLock(operation.cluster)).toMatchObject({ operationId: operation.operationId })
  }
  expect(await account.taken()).toEqual([])
  for (const operation of [runs, young, active]) await operations.endOperation(operation, { status: 'cancelled' })
})

test('an end that the workflow records while its execution is read is not changed', async () => {
  const operation = await running()
  await executions.stopExecution(operation, 'by hand')
  await account.aws.calls.clear()
  const slow = { kind: 'unavailable', operation: 'states:DescribeExecution', delayMs: 1000, times: 1 } as const
  await account.aws.faults.add(slow)
  const reconciled = reconcileOperation(operation.operationId)
  const calls = async () => (await account.aws.calls.all()).map((call) => call.operation)
  await vi.waitFor(async () => expect(await calls()).toContain('dynamodb:Query'))
  await operations.endOperation(operation, { status: 'succeeded' })
  expect((await reconciled)?.operation.status).toBe('succeeded')
  expect((await endOf(operation))?.error).toBeUndefined()
  expect(await calls()).toContain('states:DescribeExecution')
})

test('all open operations are settled, over several pages, and are no longer open', async () => {
  const lost = await Promise.all(Array.from({ length: 45 }, () => recorded()))
  await settleOpen()
  for (const operation of lost) expect((await endOf(operation))?.status).toBe('failed')
  expect(await open()).toEqual([])
})

test('an operation that cannot be settled does not block others, and is tried again', async () => {
  const [first, second] = [await recorded(), await recorded()]
  await account.aws.faults.add({ kind: 'refuse', operation: 'states:DescribeExecution', times: 1 })
  await expect(settleOpen()).rejects.toThrow('1 operations could not be settled')
  expect([(await endOf(first))?.status, (await endOf(second))?.status].sort()).toEqual(['failed', 'running'])
  await settleOpen()
  expect([(await endOf(first))?.status, (await endOf(second))?.status]).toEqual(['failed', 'failed'])
})

test('the lock of a cancelled operation is released when its step can no longer run', async () => {
  const operation = await recorded()
  const until = new Date(Date.now() + 60_000)
  await progress.recordStarted({ operationId: operation.operationId, state: 'CreateRole' }, new Date(), until)
  await operations.endOperation(operation, { status: 'cancelled' })
  await settleOpen()
  expect(await lock.readLock(operation.cluster)).toMatchObject({ operationId: operation.operationId })
  vi.useFakeTimers({ now: until.getTime() + 6_000, toFake: ['Date'] })
  await settleOpen()
  vi.useRealTimers()
  expect(await lock.readLock(operation.cluster)).toBeUndefined()
  expect(await open()).toEqual([])
})

test('only an operation without progress for half an hour is counted as stuck', async () => {
  const runs = await running()
  const unsettled = await recorded()
  const active = await recorded()
  await progress.recordStarted({ operationId: active.operationId, state: 'CreateRole' }, new Date())
  await account.aws.faults.add({ kind: 'refuse', operation: 'states:DescribeExecution', times: 2 })
  const published = publishedMetrics()
  await expect(settleOpen()).rejects.toThrow('2 operations could not be settled')
  expect(stuckOf(published())).toEqual([2])
  await settleOpen()
  expect(stuckOf(published())).toEqual([2, 1])
  await operations.endOperation(runs, { status: 'cancelled' })
  await operations.endOperation(active, { status: 'cancelled' })
  await settleOpen()
  expect(stuckOf(published())).toEqual([2, 1, 0])
  expect((await endOf(unsettled))?.status).toBe('failed')
  vi.restoreAllMocks()
})

test('the end of an operation is published once, however often it is settled', async () => {
  const { operationId } = await recorded()
  const published = publishedMetrics()
  await Promise.all([settle(operationId), settle(operationId)])
  await settle(operationId)
  vi.restoreAllMocks()
  expect(published()).toMatchObject([{ operationId, kind: 'setup', status: 'failed' }])
})

function stuckOf(lines: readonly Record<string, unknown>[]): unknown[] {
  return lines.flatMap((line) => line.OperationsStuck ?? [])
}

/** Records an operation without an execution, an hour ago. */
function recorded(fields: Partial<OperationItem> = {}) {
  return recordedOperation({ createdAt: hourAgo().toISOString(), ...fields })
}

async function running() {
  const operation = await recorded()
  await startExecution(operation, {})
  return operation
}

function settleOpen() {
  return reconciler.handler({}, lambdaContext(120_000))
}

async function endOf({ operationId }: { operationId: string }) {
  return operations.readOperationItem(operationId)
}

function open() {
  return queryItems(where`pk = ${openOperations}`)
}
