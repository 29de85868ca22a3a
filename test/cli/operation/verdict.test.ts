import { expect, test } from 'vitest'
import { verdictOf } from '../../../cli/operation/verdict.ts'

const summary = { differences: 0, missing: 0, changed: 0, additions: 0, unreachable: 0, problems: 0 }
const counts = { created: 0, updated: 0, adopted: 0, deleted: 0, unchanged: 0, temporary: 0, unknown: 0, problems: 0 }
const plan = { writes: [], unknown: [], additions: [], problems: [], summary: counts }
const drift = { missing: [], changed: [], additions: [], unreachable: [], problems: [] }

test.for(['failed', 'cancelled'] as const)('exits with 1 after a %s operation', (status) => {
  expect(verdictOf({ status })).toBe(1)
  expect(verdictOf({ status, result: { ...plan, outcome: 'unchanged' } })).toBe(1)
})

test.for([
  ['unchanged', 0],
  ['changes', 4],
  ['refused', 3],
  ['incomplete', 1],
] as const)('after a plan with the outcome %s, exits with %i', ([outcome, code]) => {
  expect(verdictOf({ status: 'succeeded', result: { ...plan, outcome } })).toBe(code)
})

test.for([
  [{}, 0],
  [{ additions: 3 }, 0],
  [{ differences: 1 }, 4],
  [{ unreachable: 1 }, 4],
  [{ problems: 1 }, 4],
] as const)('after a drift with %o, exits with %i', ([differing, code]) => {
  expect(verdictOf({ status: 'succeeded', result: { ...drift, summary: { ...summary, ...differing } } })).toBe(code)
})

test('exits with 0 after any other operation that succeeds', () => {
  expect(verdictOf({ status: 'succeeded' })).toBe(0)
})
