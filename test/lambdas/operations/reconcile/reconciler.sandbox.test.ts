import { beforeEach, expect, test, vi } from 'vitest'
import * as lock from '../../../../lambdas/operations/lock/lock.ts'
import * as executions from '../../../../lambdas/operations/reconcile/executions.ts'
import * as events from '../../../../lambdas/operations/reconcile/reconciler.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../../lambdas/operations/record/progress.ts'
import { startExecution } from '../../../../lambdas/operations/start/start-recorded.ts'
import { executionEvent } from '../../../support/api/execution-event.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { recordedOperation, recordedRotation } from '../../../support/api/recorded-operation.ts'
import { notifiedAccount } from '../../../support/aws/notified-account.ts'
import { stateMachineArn } from '../../../support/aws/state-machine.ts'

const account = notifiedAccount()
const { useWorkflow } = account

beforeEach(async () => void (await account.taken()))

test('an execution that failed ends its operation as failed, and releases the lock', async () => {
  useWorkflow('failing')
  const operation = await running()
  await vi.waitFor(async () => expect(await executions.readExecution(operation)).not.toBe('running'), 10_000)
  await ended(operation.operationId, 'FAILED')
  useWorkflow('running')
  const after = await operations.readOperation(operation.operationId)
  expect(after?.operation).toMatchObject({ status: 'failed', error: { name: 'States.Runtime' } })
  expect(await lock.readLock(operation.cluster)).toBeUndefined()
})

test('an execution that timed out ends its operation as failed, releases the lock and sends a notification', async () => {
  useWorkflow('late')
  const operation = await running()
  await vi.waitFor(async () => expect(await executions.readExecution(operation)).not.toBe('running'), 10_000)
  await ended(operation.operationId, 'TIMED_OUT')
  useWorkflow('running')
  const { operationId, cluster } = operation
  const error = {
    name: 'States.Timeout',
    object: `cluster ${cluster}`,
    reason: 'the workflow ended with States.Timeout',
    action: 'Send the request again; if the error persists, look at the logs of the function and of the execution',
  }
  expect((await operations.readOperation(operationId))?.operation).toMatchObject({ status: 'failed', error })
  expect(await lock.readLock(cluster)).toBeUndefined()
  expect(await account.taken()).toMatchObject([{ message: { operationId, cluster, status: 'failed', error } }])
})

test('an execution on all clusters that failed ends its operation, too', async () => {
  useWorkflow('failing')
  const rotation = await recordedRotation()
  await startExecution(rotation, {})
  await vi.waitFor(async () => expect(await executions.readExecution(rotation)).not.toBe('running'), 10_000)
  await ended(rotation.operationId, 'FAILED')
  useWorkflow('running')
  const after = await operations.readOperation(rotation.operationId)
  expect(after?.operation).toMatchObject({ status: 'failed', error: { object: 'all clusters' } })
})

test('the end of a rotation releases the locks that it still holds, as when a batch failed, and no others', async () => {
  useWorkflow('failing')
  const rotation = await recordedRotation()
  const { operationId } = rotation
  await startExecution(rotation, {})
  const [held, released, others] = ['held', 'released', 'others'].map((name) => `${name}-of-${operationId}`) as [
    string,
    string,
    string,
  ]
  for (const cluster of [held, released]) {
    await lock.acquireLock(cluster, operationId)
    await stepOf(operationId, 'AcquireLock', cluster)
  }
  await lock.releaseLock(released, operationId)
  await stepOf(operationId, 'ReleaseLock', released)
  await stepOf(operationId, 'AcquireLock', others)
  for (const cluster of [released, others]) await lock.acquireLock(cluster, 'another')
  await progress.recordStarted({ operationId, state: 'NarrowTrust', item: held }, new Date(), inMs(1_000))
  await vi.waitFor(async () => expect(await executions.readExecution(rotation)).not.toBe('running'), 10_000)

  // A step may still write.
  await ended(operationId, 'FAILED')
  expect(await lock.readLock(held)).toMatchObject({ operationId })
  await progress.recordSucceeded(
    { operationId, state: 'NarrowTrust', item: held },
    { changes: [], output: {} },
    new Date(),
  )
  await ended(operationId, 'FAILED')
  useWorkflow('running')
  expect(await lock.readLock(held)).toBeUndefined()
  for (const cluster of [released, others])
    expect(await lock.readLock(cluster)).toMatchObject({ operationId: 'another' })
})

test('an end that the workflow recorded is not changed', async () => {
  const operation = await running()
  const error = { name: 'OwnershipConflict', object: 'o', reason: 'r', action: 'a', step: 'CreateRole' }
  await operations.endOperation(operation, { status: 'failed', error })
  await executions.stopExecution(operation, 'late')
  await ended(operation.operationId, 'ABORTED')
  expect((await operations.readOperation(operation.operationId))?.operation).toMatchObject({ status: 'failed', error })
})

test('the end of one operation does not release the lock of the next', async () => {
  const first = await running()
  await executions.stopExecution(first, 'by hand')
  await operations.endOperation(first, { status: 'cancelled' })
  const second = await running({ cluster: first.cluster })
  await ended(first.operationId, 'ABORTED')
  expect(await lock.readLock(first.cluster)).toMatchObject({ operationId: second.operationId })
})

test('an event fails, and is retried, when DescribeExecution does not show the end yet', async () => {
  const operation = await running()
  await expect(ended(operation.operationId, 'TIMED_OUT')).rejects.toMatchObject({ name: 'NotYetConsistent' })
  expect(await statusOf(operation)).toBe('running')
  await executions.stopExecution(operation, 'by hand')
  await ended(operation.operationId, 'TIMED_OUT')
  expect(await statusOf(operation)).toBe('cancelled')
})

test('an event of an ended operation succeeds at once', async () => {
  const operation = await running()
  await operations.endOperation(operation, { status: 'cancelled' })
  await expect(ended(operation.operationId, 'ABORTED')).resolves.toBeUndefined()
})

test('an execution without an operation is ignored', async () => {
  await expect(ended('started-by-hand', 'FAILED')).resolves.toBeUndefined()
})

test('an end that no Catch handled sends one notification, however often its event arrives', async () => {
  const operation = await running()
  await executions.stopExecution(operation, 'by hand')
  await Promise.all([ended(operation.operationId, 'ABORTED'), ended(operation.operationId, 'ABORTED')])
  await ended(operation.operationId, 'ABORTED')
  const { operationId, cluster } = operation
  expect(await account.taken()).toMatchObject([
    {
      subject: `Workload identity: cluster ${cluster}: the setup was cancelled`,
      message: { operationId, cluster, status: 'cancelled', error: { reason: 'the operation was stopped: by hand' } },
    },
  ])
})

test('an end that a step recorded sends one notification', async () => {
  const operation = await running()
  await operations.endOperation(operation, { status: 'failed' })
  await executions.stopExecution(operation, 'late')
  await ended(operation.operationId, 'ABORTED')
  await ended(operation.operationId, 'ABORTED')
  expect(await account.taken()).toMatchObject([{ message: { status: 'failed' } }])
})

test('a notification that could not be sent stays pending, and is sent later', async () => {
  const operation = await running()
  await executions.stopExecution(operation, 'by hand')
  await account.aws.faults.add({ kind: 'refuse', operation: 'sns:Publish', times: 1 })
  await expect(ended(operation.operationId, 'ABORTED')).rejects.toMatchObject({
    name: 'AccessDenied',
    reason: expect.stringContaining('sns:Publish'),
  })
  expect(await statusOf(operation)).toBe('cancelled')
  await ended(operation.operationId, 'ABORTED')
  expect(await account.taken()).toEqual([])
  vi.useFakeTimers({ now: Date.now() + 181_000, toFake: ['Date'] })
  await ended(operation.operationId, 'ABORTED')
  vi.useRealTimers()
  expect(await account.taken()).toHaveLength(1)
})

test('the copy of the record is written also when the topic refuses the notification', async () => {
  const operation = await running()
  await executions.stopExecution(operation, 'by hand')
  await account.aws.faults.add({ kind: 'refuse', operation: 'sns:Publish', times: 1 })
  await expect(ended(operation.operationId, 'ABORTED')).rejects.toMatchObject({ name: 'AccessDenied' })
  expect(await account.copyOf(operation.cluster)).toMatchObject({ items: [{ sk: 'CLUSTER' }, {}] })
})

async function running(fields: Parameters<typeof recordedOperation>[0] = {}) {
  const operation = await recordedOperation(fields)
  await startExecution(operation, {})
  return operation
}

function ended(name: string, status: string) {
  return events.handler(executionEvent({ stateMachineArn: stateMachineArn(), name, status }), lambdaContext())
}

async function statusOf({ operationId }: { operationId: string }) {
  return (await operations.readOperation(operationId))?.operation.status
}

async function stepOf(operationId: string, state: string, item: string): Promise<void> {
  await progress.recordStarted({ operationId, state, item }, new Date())
  await progress.recordSucceeded({ operationId, state, item }, { changes: [], output: {} }, new Date())
}

function inMs(milliseconds: number): Date {
  return new Date(Date.now() + milliseconds)
}
