import { beforeAll, expect, test } from 'vitest'
import * as handler from '../../../lambdas/api/operations/list-operations.ts'
import { listOperations } from '../../../lambdas/operations/lists/operation-list.ts'
import { endOperation, recordRunning } from '../../../lambdas/operations/record/operations.ts'
import type { OperationItem } from '../../../lambdas/operations/record/record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { newOperation } from '../../support/api/operations.ts'

const account = apiAccount()

/** Five operations of a rare kind, one of them failed, and then more of another kind than one read returns. */
beforeAll(async () => {
  for (let index = 0; index < 5; index++) {
    const operation = await recorded({ kind: 'verification' })
    if (index === 2) await endOperation(operation, { status: 'failed' })
  }
  await Promise.all(Array.from({ length: 101 }, () => recorded({ kind: 'drift' })))
})

test('a filter finds an operation behind more than a page of others', async () => {
  const newest = await listOperations({}, { itemsToRead: 1 })
  expect(newest.entries).toMatchObject([{ kind: 'drift' }])
  const found = await pageOf({ kind: 'verification', limit: '5' })
  expect(found.operations).toHaveLength(5)
})

test('a filter for a rare kind needs few calls', async () => {
  await account.aws.calls.clear()
  const { operations } = await pageOf({ kind: 'verification', limit: '1' })
  expect(operations).toHaveLength(1)
  expect(await queries()).toHaveLength(2)
})

test('the failed operations are read by one query, behind however many others', async () => {
  await account.aws.calls.clear()
  const { operations, next } = await pageOf({ status: 'failed' })
  expect(operations).toMatchObject([{ kind: 'verification', status: 'failed' }])
  expect(next).toBeUndefined()
  expect(await queries()).toHaveLength(1)
})

test('a filter by status returns the operations that have it now, and no others', async () => {
  const operation = await recorded({ status: 'queued' })
  const { cluster } = operation
  const of = async (status: OperationItem['status']) =>
    (await listOperations({ status }, { itemsToRead: 1000 })).entries.filter((each) => each.cluster === cluster).length
  expect([await of('queued'), await of('running'), await of('succeeded')]).toEqual([1, 0, 0])
  await recordRunning(operation.operationId, new Date())
  expect([await of('queued'), await of('running'), await of('succeeded')]).toEqual([0, 1, 0])
  await endOperation(operation, { status: 'succeeded' })
  expect([await of('queued'), await of('running'), await of('succeeded')]).toEqual([0, 0, 1])
})

test('a filter by status, kind and cluster returns the operations that match all three', async () => {
  const { cluster } = await recorded({ kind: 'plan', status: 'succeeded' })
  await recorded({ kind: 'plan', cluster, status: 'cancelled' })
  await recorded({ kind: 'drift', cluster, status: 'succeeded' })
  await recorded({ kind: 'plan', status: 'succeeded' })
  const both = { kind: 'plan', status: 'succeeded' } as const
  const { entries } = await listOperations({ ...both, cluster }, { itemsToRead: 1 })
  expect(entries).toMatchObject([{ ...both, cluster }])
  const ofAll = await listOperations(both, { itemsToRead: 1 })
  expect(ofAll.entries).toHaveLength(2)
  expect(ofAll.entries).toMatchObject([both, both])
})

async function recorded(fields: Partial<OperationItem>) {
  const { operation, request } = newOperation(fields)
  expect(await recordOperation({ operation, request })).toBe('recorded')
  return operation
}

async function pageOf(query: Record<string, string>) {
  return (await callApi(handler.handler, { query })).body
}

async function queries() {
  return (await account.aws.calls.all()).filter(({ operation }) => operation === 'dynamodb:Query')
}
