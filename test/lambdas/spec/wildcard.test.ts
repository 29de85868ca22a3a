import { expect, test } from 'vitest'
import { covers } from '../../../lambdas/spec/wildcard.ts'

test.each([
  ['prod-eu', 'prod-eu', true],
  ['prod-*', 'prod-eu', true],
  ['*', 'anything', true],
  ['prod', 'prod-eu', false],
  ['prod-eu', 'prod', false],
  ['prod.eu', 'prod-eu', false],
  ['p*d', 'prod', true],
  ['p*d', 'prod-eu', false],
])('the pattern %s and the text %s: %s', (pattern, text, expected) => {
  expect(covers([pattern], text)).toBe(expected)
})

test('several patterns match what any of them matches', () => {
  expect(['prod-eu', 'dev', 'test'].map((text) => covers(['prod-*', 'dev'], text))).toEqual([true, true, false])
})
