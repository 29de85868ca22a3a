import { expect, test } from 'vitest'
import { didYouMean } from '../../../../lambdas/api/clusters/find-cluster.ts'

test('proposes a similar name, and never the requested one: that cluster was just removed', () => {
  expect(didYouMean('prod-ex', ['prod-eu', 'stage'])).toBe(': did you mean prod-eu?')
  expect(didYouMean('prod-eu', ['prod-eu'])).toBe('')
})
