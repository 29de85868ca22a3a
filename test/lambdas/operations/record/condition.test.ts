import { expect, test } from 'vitest'
import { inSyncNow } from '../../../../lambdas/operations/record/condition.ts'

const found = {
  status: 'False',
  message: 'the differences',
  severity: 'security',
  lastTransitionTime: 'before',
} as const

test('a setup brings what has drifted in sync', () => {
  expect(inSyncNow({ ...found, reason: 'Drifted' })).toMatchObject({ status: 'True', reason: 'Succeeded' })
  expect(inSyncNow(undefined)).toMatchObject({ status: 'True', reason: 'Succeeded' })
})

test('what others have added stays out of sync after a setup, which leaves it', () => {
  const added = { ...found, reason: 'Added' }
  expect(inSyncNow(added)).toEqual(added)
})
