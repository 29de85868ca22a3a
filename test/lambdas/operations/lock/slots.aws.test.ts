import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import * as slots from '../../../../lambdas/operations/lock/slots.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { keys, table } from '../../../../lambdas/operations/record/table.ts'
import { type ConcurrencySlots, recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { newOperation } from '../../../support/api/operations.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'

awsAccount()

const arn = 'arn:aws:iam::000000000000:role/'

test('a caller may have a limited number of running operations, independent of other callers', async () => {
  const [pipeline, person] = [
    { caller: `${arn}pipeline`, most: 2 },
    { caller: `${arn}person`, most: 2 },
  ]
  const first = await recorded(pipeline)
  const second = await recorded(pipeline)
  expect(await outcomeFor(pipeline)).toBe('no free slot')
  expect(await slots.operationsUnlessSlotFree(pipeline)).toEqual([first.operationId, second.operationId])
  expect(await outcomeFor(person)).toBe('recorded')
})

test('an operation without a free slot is not recorded, and does not lock its cluster', async () => {
  const caller = { caller: `${arn}refused`, most: 1 }
  await recorded(caller)
  const made = newOperation()
  expect(await recordOperation({ ...made, slots: caller })).toBe('no free slot')
  expect(await operations.readOperation(made.operation.operationId)).toBeUndefined()
  expect(await recordOperation(made)).toBe('recorded')
})

test('a locked cluster is reported before a missing slot', async () => {
  const caller = { caller: `${arn}busy`, most: 1 }
  const { cluster } = await recorded(caller)
  const again = newOperation({ cluster })
  expect(await recordOperation({ ...again, slots: caller })).toBe('cluster locked')
})

test.each(['succeeded', 'failed', 'cancelled'] as const)(
  'an operation that ends as %s frees its slot',
  async (status) => {
    const caller = { caller: `${arn}${status}`, most: 2 }
    const [ends, runs] = [await recorded(caller), await recorded(caller)]
    await operations.endOperation(ends, { status })
    expect(await slots.operationsUnlessSlotFree(caller)).toBeUndefined()
    const next = await recorded(caller)
    expect(await slots.operationsUnlessSlotFree(caller)).toEqual([runs.operationId, next.operationId])
  },
)

test('an expired operation frees its slot', async () => {
  const caller = { caller: `${arn}expired`, most: 1 }
  const { operationId } = await recorded(caller)
  await table.send(new DeleteCommand({ TableName: 'record', Key: keys.operation(operationId) }))
  expect(await slots.operationsUnlessSlotFree(caller)).toBeUndefined()
  expect(await outcomeFor(caller)).toBe('recorded')
})

test('when the deployment allows fewer operations than are running, no slot is free until enough have ended', async () => {
  const caller = `${arn}lowered`
  const run = [
    await recorded({ caller, most: 3 }),
    await recorded({ caller, most: 3 }),
    await recorded({ caller, most: 3 }),
  ]
  const ids = run.map(({ operationId }) => operationId)
  const lowered = { caller, most: 2 }
  for (const [index, ends] of run.slice(0, 2).entries()) {
    expect(await slots.operationsUnlessSlotFree(lowered)).toEqual(ids.slice(index))
    expect(await outcomeFor(lowered)).toBe('no free slot')
    await operations.endOperation(ends, { status: 'succeeded' })
  }
  expect(await slots.operationsUnlessSlotFree(lowered)).toBeUndefined()
  expect(await outcomeFor(lowered)).toBe('recorded')
})

test('a caller without a record has free slots', async () => {
  expect(await slots.operationsUnlessSlotFree({ caller: `${arn}new`, most: 1 })).toBeUndefined()
})

async function recorded(slots: ConcurrencySlots): Promise<OperationItem & { cluster: string }> {
  const made = newOperation()
  expect(await recordOperation({ ...made, slots })).toBe('recorded')
  return made.operation
}

function outcomeFor(slots: ConcurrencySlots) {
  return recordOperation({ ...newOperation(), slots })
}
