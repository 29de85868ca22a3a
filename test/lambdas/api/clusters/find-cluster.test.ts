import { expect, test } from 'vitest'
import { didYouMean } from '../../../../lambdas/api/clusters/find-cluster.ts'

test('a name that is near is proposed, and never the name that was asked for: it was just removed', () => {
  expect(didYouMean('prod-ex', ['prod-eu', 'stage'])).toBe(': did you mean prod-eu?')
  expect(didYouMean('prod-eu', ['prod-eu'])).toBe('')
})
