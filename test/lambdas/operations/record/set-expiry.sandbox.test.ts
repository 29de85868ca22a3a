import { expect, test } from 'vitest'
import * as getOperation from '../../../../lambdas/api/operations/get-operation.ts'
import { listOperations } from '../../../../lambdas/operations/lists/operation-list.ts'
import { releaseLock } from '../../../../lambdas/operations/lock/lock.ts'
import { settle } from '../../../../lambdas/operations/reconcile/settle.ts'
import { readCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import { where } from '../../../../lambdas/operations/record/expression.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { recordStarted } from '../../../../lambdas/operations/record/progress.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { keys, queryItems } from '../../../../lambdas/operations/record/table.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { callApi } from '../../../support/api/api.ts'
import { newOperation, recordNext } from '../../../support/api/operations.ts'
import { notifiedAccount } from '../../../support/aws/notified-account.ts'

notifiedAccount()

test('all items of a read-only operation expire after 90 days', async () => {
  const drift = await ended({ kind: 'drift' }, 'reads')
  const expiries = await expiriesOf(drift)
  expect(expiries).toHaveLength(3)
  const [{ endedAt = '' } = {}] = (await listOperations({ cluster: drift.cluster }, { itemsToRead: 1 })).entries
  expect(new Set(expiries)).toEqual(new Set([Math.floor(Date.parse(endedAt) / 1000) + 90 * 86_400]))
})

test('a running operation never expires', async () => {
  const { operation } = await recorded({ kind: 'drift' }, 'reads')
  expect(await settle(operation.operationId)).toBe('under way')
  expect(new Set(await expiriesOf(operation))).toEqual(new Set([undefined]))
})

test('the newest change of a cluster expires when another one replaces it, and not before', async () => {
  const first = await ended()
  expect(new Set(await expiriesOf(first))).toEqual(new Set([undefined]))
  const second = await ended({ cluster: first.cluster })
  expect((await expiriesOf(first)).every((at) => at !== undefined)).toBe(true)
  expect(new Set(await expiriesOf(second))).toEqual(new Set([undefined]))
  expect(await pendingExpiryItemsOf(first.cluster)).toEqual([`KEPT#${second.operationId}`])
})

test('replaced changes expire although the newest one is settled first', async () => {
  const one = await recorded()
  const { cluster } = one.operation
  await operations.endOperation(one.operation, { status: 'failed' })
  const two = await recorded({ cluster })
  await operations.endOperation(two.operation, { status: 'succeeded' })
  const three = await recorded({ cluster })
  await operations.endOperation(three.operation, { status: 'succeeded' })
  await settle(three.operation.operationId)
  for (const { operation } of [one, two]) {
    expect((await expiriesOf(operation)).every((at) => at !== undefined)).toBe(true)
    expect(await settle(operation.operationId)).toBe('settled')
  }
  expect(new Set(await expiriesOf(three.operation))).toEqual(new Set([undefined]))
  expect(await pendingExpiryItemsOf(cluster)).toEqual([`KEPT#${three.operation.operationId}`])
})

test('all changes of a removed cluster expire, including the teardown', async () => {
  const setup = await ended()
  const { cluster } = setup
  const { operation } = await recorded({ kind: 'teardown', cluster }, 'same spec')
  expect(await operations.endAndForget(operation.operationId, cluster, [])).toBe(true)
  await settle(operation.operationId)
  for (const each of [setup, operation]) {
    expect((await expiriesOf(each)).every((at) => at !== undefined)).toBe(true)
  }
  expect(await pendingExpiryItemsOf(cluster)).toEqual([])
})

test('an operation on all clusters expires', async () => {
  const { operation, request } = newOperation({ kind: 'rotation' })
  const { cluster: _, ...ofAll } = operation
  await recordOperation({ operation: ofAll, request, change: 'same spec' })
  await operations.endOperation(ofAll, { status: 'succeeded' })
  await settle(ofAll.operationId)
  expect((await expiriesOf(ofAll)).every((at) => at !== undefined)).toBe(true)
})

test('all items of a long operation expire, however many it has', async () => {
  const { operation } = await recorded({ kind: 'verification' }, 'reads')
  const steps = Array.from({ length: 60 }, (_, index) => ({ state: 'Verify', item: `default/reader-${index}` }))
  await Promise.all(steps.map((step) => recordStarted({ ...step, operationId: operation.operationId }, new Date(0))))
  await operations.endOperation(operation, { status: 'succeeded' })
  await settle(operation.operationId)
  const expiries = await expiriesOf(operation)
  expect(expiries).toHaveLength(63)
  expect(expiries.every((at) => at !== undefined)).toBe(true)
})

test('an expired operation is not found, and is in no list', async () => {
  const young = await endedBefore(89, { kind: 'plan' }, 'reads')
  const old = await endedBefore(91, { kind: 'plan', cluster: young.cluster }, 'reads')
  const answer = (operationId: string) => callApi(getOperation.handler, { parameters: { operationId } })
  expect(await answer(young.operationId)).toMatchObject({ status: 200 })
  const body = { detail: expect.stringContaining('it has expired') }
  expect(await answer(old.operationId)).toMatchObject({ status: 404, body })
  const { entries } = await listOperations({ cluster: young.cluster }, { itemsToRead: 10 })
  expect(entries.map(({ operationId }) => operationId)).toEqual([young.operationId])
})

test('the newest change of a cluster is stored until the next one, however old it is', async () => {
  const { operationId, cluster } = await endedBefore(4000)
  expect((await readCluster(cluster))?.cluster.lastOperationId).toBe(operationId)
  expect((await operations.readOperation(operationId))?.operation.status).toBe('succeeded')
  await ended({ cluster })
  expect(await operations.readOperation(operationId)).toBeUndefined()
})

/** Records and settles an operation that ended this number of days ago. */
async function endedBefore(days: number, fields: Partial<OperationItem> = {}, does: 'changes' | 'reads' = 'changes') {
  const endedAt = new Date(Date.now() - days * 86_400_000).toISOString()
  const { operation } = await recorded({ ...fields, status: 'succeeded', endedAt }, does)
  if (does === 'changes') await releaseLock(operation.cluster, operation.operationId)
  expect(await settle(operation.operationId)).toBe('settled')
  return operation
}

/** Records an operation with a step. */
async function recorded(fields: Partial<OperationItem> = {}, does: 'changes' | 'reads' | 'same spec' = 'changes') {
  const { change, ...rest } = newOperation(fields)
  const made = { ...rest, ...(does !== 'reads' && change && { change: does === 'same spec' ? does : change }) }
  expect(await recordNext(made)).toBe('recorded')
  await recordStarted({ operationId: made.operation.operationId, state: 'CreateRole' }, new Date(0))
  return made
}

async function ended(fields: Partial<OperationItem> = {}, does: 'changes' | 'reads' = 'changes') {
  const { operation } = await recorded(fields, does)
  await operations.endOperation(operation, { status: 'succeeded' })
  expect(await settle(operation.operationId)).toBe('settled')
  return operation
}

async function expiriesOf({ operationId }: Pick<OperationItem, 'operationId'>) {
  const { pk } = keys.operation(operationId)
  const items = await queryItems(where`pk = ${pk}`)
  return items.map(({ expiresAt }) => expiresAt)
}

async function pendingExpiryItemsOf(cluster: string) {
  const { pk } = keys.cluster(cluster)
  const items = await queryItems(where`pk = ${pk} AND begins_with(sk, ${'KEPT#'})`)
  return items.map(({ sk }) => sk)
}
