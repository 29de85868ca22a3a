import { expect, test } from 'vitest'
import { settle } from '../../../../lambdas/operations/reconcile/settle.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { recordStarted } from '../../../../lambdas/operations/record/progress.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { addWorkloadsToList } from '../../../../lambdas/operations/record/workload-record.ts'
import { writeThumbprintHistory } from '../../../../lambdas/provider/thumbprint-record.ts'
import { newOperation, recordNext } from '../../../support/api/operations.ts'
import { recordedRotation } from '../../../support/api/recorded-operation.ts'
import { exampleRequest } from '../../../support/api/requests.ts'
import { notifiedAccount } from '../../../support/aws/notified-account.ts'

const account = notifiedAccount()
const { workloads } = exampleRequest('setup')

test('the record of a cluster is copied when an operation that changes it has ended, without its lock', async () => {
  const { operation } = await recorded()
  const { cluster } = operation
  await addWorkloadsToList({ cluster: { name: cluster }, workloads })
  await writeThumbprintHistory(cluster, {})
  expect(await settle(operation.operationId)).toBe('under way')
  expect(await account.copyOf(cluster)).toBeUndefined()
  await end(operation)
  const [workload] = workloads
  expect(await account.copyOf(cluster)).toEqual({
    items: [
      expect.objectContaining({ sk: 'CLUSTER', cluster, lastOperationId: operation.operationId, listed: 'CLUSTERS' }),
      expect.objectContaining({ sk: 'THUMBPRINTS', seen: {} }),
      expect.objectContaining({ sk: `WORKLOAD#${workload?.namespace}/${workload?.serviceAccount}`, cluster }),
      expect.objectContaining({ sk: 'WORKLOADS', workloads: [] }),
    ],
  })
})

test('dry runs write no copy of the record, and a verification does', async () => {
  const { operation } = await recorded()
  const { cluster } = operation
  await end(operation)
  await addWorkloadsToList({ cluster: { name: cluster }, workloads })
  await end((await recorded({ cluster, kind: 'drift', dryRun: true }, 'reads')).operation)
  await end((await recorded({ cluster, kind: 'plan', dryRun: true }, 'reads')).operation)
  await end((await recorded({ cluster, kind: 'teardown', dryRun: true }, 'reads')).operation)
  expect(await account.copyOf(cluster)).toMatchObject({ items: [{ sk: 'CLUSTER' }, { sk: 'WORKLOADS' }] })
  await end((await recorded({ cluster, kind: 'verification' }, 'reads')).operation)
  expect(await account.copyOf(cluster)).toMatchObject({ items: [{ sk: 'CLUSTER' }, {}, { sk: 'WORKLOADS' }] })
})

test('a teardown deletes the copy', async () => {
  const { operation } = await recorded()
  await end(operation)
  const { cluster } = operation
  const teardown = await recorded({ cluster, kind: 'teardown' })
  await operations.endAndForget(teardown.operation.operationId, cluster, [])
  expect(await settle(teardown.operation.operationId)).toBe('settled')
  expect(await account.copyOf(cluster)).toBeUndefined()
})

test('after a rotation each of its clusters is copied', async () => {
  const setups = [await recorded(), await recorded()]
  const rotation = await recordedRotation()
  for (const { operation: setup } of setups) {
    await recordStarted(
      { operationId: rotation.operationId, state: 'RotateThumbprints', item: setup.cluster },
      new Date(0),
    )
  }
  await recordStarted({ operationId: rotation.operationId, state: 'FindClusters' }, new Date(0))
  await operations.endOperation(rotation, { status: 'succeeded' })
  expect(await settle(rotation.operationId)).toBe('settled')
  for (const { operation: setup } of setups) {
    expect(await account.copyOf(setup.cluster)).toMatchObject({ items: [{ cluster: setup.cluster }, {}] })
  }
})

test('an operation whose copy cannot be written is not settled, although it has ended and its lock is released', async () => {
  const { operation } = await recorded()
  await operations.endOperation(operation, { status: 'succeeded' })
  await account.aws.faults.add({ kind: 'refuse', operation: 's3:PutObject', times: 1 })
  await expect(settle(operation.operationId)).rejects.toMatchObject({ name: 'AccessDenied' })
  const next = await recorded({ cluster: operation.cluster })
  expect((await operations.readOperationItem(operation.operationId))?.status).toBe('succeeded')
  await operations.endOperation(next.operation, { status: 'cancelled' })
  expect(await settle(operation.operationId)).toBe('settled')
  expect(await account.copyOf(operation.cluster)).toMatchObject({ items: [{ sk: 'CLUSTER' }, { sk: 'WORKLOADS' }] })
})

async function recorded(fields: Partial<OperationItem> = {}, does: 'changes' | 'reads' = 'changes') {
  const { change, ...rest } = newOperation(fields)
  const made = { ...rest, ...(does === 'changes' && change && { change }) }
  expect(await recordNext(made)).toBe('recorded')
  return made
}

async function end(operation: OperationItem) {
  await operations.endOperation(operation, { status: 'succeeded' })
  expect(await settle(operation.operationId)).toBe('settled')
}
