import { expect, test } from 'vitest'
import { healthOf } from '../../../../lambdas/api/clusters/health.ts'

const condition = (type: string, status: 'True' | 'False' | 'Unknown') => ({ type, status })

test('health is ready when all conditions are True, and unknown without conditions', () => {
  expect(healthOf([condition('ClusterReady', 'True'), condition('Verified', 'True')], false)).toEqual({
    state: 'ready',
  })
  expect(healthOf([], false)).toEqual({ state: 'unknown' })
})

test('a False condition outweighs an Unknown one, and is named', () => {
  const conditions = [condition('Verified', 'Unknown'), condition('WebhookReady', 'False')]
  expect(healthOf(conditions, false)).toEqual({ state: 'failing', because: 'WebhookReady' })
  expect(healthOf(conditions.slice(0, 1), false)).toEqual({ state: 'unknown', because: 'Verified' })
})

test('health is changing, not failing, during an operation', () => {
  expect(healthOf([condition('WebhookReady', 'False')], true)).toEqual({ state: 'changing' })
})

test('health is drifted with the severity of the drift, unless another condition is False', () => {
  const drifted = { ...condition('InSync', 'False'), severity: 'security' as const }
  expect(healthOf([condition('Verified', 'True'), drifted], false)).toEqual({
    state: 'drifted',
    because: 'InSync',
    severity: 'security',
  })
  expect(healthOf([drifted, condition('Verified', 'False')], false)).toEqual({ state: 'failing', because: 'Verified' })
})
