import { expect, test } from 'vitest'
import { startOperation } from '../../../lambdas/operations/start/start-operation.ts'
import { alice } from '../../support/api/alice.ts'
import { apiAccount } from '../../support/api/api.ts'
import { transactionConflicts } from '../../support/aws/transaction-conflicts.ts'

apiAccount()
const conflicts = transactionConflicts()

test('of 25 simultaneous starts of one caller, as many start as slots are free, and the others are refused for that reason', async () => {
  const outcomes = await Promise.all(Array.from({ length: 25 }, () => outcomeOfPlan()))
  const counts = Map.groupBy(outcomes, (outcome) => outcome)
  expect([...counts].map(([outcome, { length }]) => [outcome, length]).sort()).toEqual([
    ['started', 20],
    ['too many running', 5],
  ])
  expect(conflicts.count).toBeGreaterThan(20)
})

async function outcomeOfPlan(): Promise<string> {
  const call = { requestHash: 'hash', requestedBy: alice, slots: { caller: alice, most: 20 } }
  const { outcome } = await startOperation(call, async () => ({ kind: 'plan', cluster: 'any', request: {} }))
  return outcome
}
