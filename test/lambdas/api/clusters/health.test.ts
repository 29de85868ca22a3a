import { expect, test } from 'vitest'
import { healthOf } from '../../../../lambdas/api/clusters/health.ts'

const condition = (type: string, status: 'True' | 'False' | 'Unknown') => ({ type, status })

test('what has all its conditions is ready, and what has none is not known', () => {
  expect(healthOf([condition('ClusterReady', 'True'), condition('Verified', 'True')], false)).toEqual({
    state: 'ready',
  })
  expect(healthOf([], false)).toEqual({ state: 'unknown' })
})

test('a condition that is false outweighs one that is not known, and is named', () => {
  const conditions = [condition('Verified', 'Unknown'), condition('WebhookReady', 'False')]
  expect(healthOf(conditions, false)).toEqual({ state: 'failing', because: 'WebhookReady' })
  expect(healthOf(conditions.slice(0, 1), false)).toEqual({ state: 'unknown', because: 'Verified' })
})

test('what is being changed is not blamed for what is not true yet', () => {
  expect(healthOf([condition('WebhookReady', 'False')], true)).toEqual({ state: 'changing' })
})

test('what differs is drifted with its severity, unless more is wrong', () => {
  const drifted = { ...condition('InSync', 'False'), severity: 'security' as const }
  expect(healthOf([condition('Verified', 'True'), drifted], false)).toEqual({
    state: 'drifted',
    because: 'InSync',
    severity: 'security',
  })
  expect(healthOf([drifted, condition('Verified', 'False')], false)).toEqual({ state: 'failing', because: 'Verified' })
})
