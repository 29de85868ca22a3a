import { describe, expect, test } from 'vitest'
import { expiryOf, isExpired } from '../../../../lambdas/operations/record/expiry.ts'
import { operationKinds } from '../../../../lambdas/operations/record/kinds.ts'

const days = { looks: 90, changes: 365 }
const endedAt = '2026-01-01T00:00:00.900Z'
const daysLater = (count: number) => Date.parse('2026-01-01T00:00:00.000Z') / 1000 + count * 86_400

describe('an operation expires', () => {
  test.each(operationKinds)('when it is a %s, as many days after its end as its kind has', (kind) => {
    const isReadOnly = ['plan', 'drift', 'verification'].includes(kind)
    expect(expiryOf({ kind, endedAt }, days)).toBe(daysLater(isReadOnly ? 90 : 365))
  })

  test('like a plan when it is a dry run', () => {
    expect(expiryOf({ kind: 'teardown', dryRun: true, endedAt }, days)).toBe(daysLater(90))
    expect(expiryOf({ kind: 'rotation', dryRun: true, endedAt }, days)).toBe(daysLater(90))
  })

  test('never while it is running', () => {
    expect(expiryOf({ kind: 'setup' }, days)).toBeUndefined()
    expect(expiryOf({ kind: 'plan' }, days)).toBeUndefined()
  })
})

describe('an item counts as expired', () => {
  const expiresAt = Date.parse('2026-04-01T00:00:00.000Z') / 1000

  test('from the second of its expiry', () => {
    expect(isExpired({ expiresAt }, new Date('2026-03-31T23:59:59.999Z'))).toBe(false)
    expect(isExpired({ expiresAt }, new Date('2026-04-01T00:00:00.000Z'))).toBe(true)
  })

  test('never without an expiry', () => {
    expect(isExpired({}, new Date())).toBe(false)
    expect(isExpired({ expiresAt: 'never' }, new Date())).toBe(false)
  })
})
