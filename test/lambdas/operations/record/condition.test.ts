import { expect, test } from 'vitest'
import { inSyncNow } from '../../../../lambdas/operations/record/condition.ts'

const found = {
  status: 'False',
  message: 'the differences',
  severity: 'security',
  lastTransitionTime: 'before',
} as const

test('a setup ends a drift', () => {
  expect(inSyncNow({ ...found, reason: 'Drifted' })).toMatchObject({ status: 'True', reason: 'Succeeded' })
  expect(inSyncNow(undefined)).toMatchObject({ status: 'True', reason: 'Succeeded' })
})

test('additions of others stay out of sync, because a setup does not remove them', () => {
  const added = { ...found, reason: 'Added' }
  expect(inSyncNow(added)).toEqual(added)
})
