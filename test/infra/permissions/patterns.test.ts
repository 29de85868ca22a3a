import fc from 'fast-check'
import { expect, test } from 'vitest'
import { overlap } from '../../../infra/permissions/patterns.ts'
import { wildcard } from '../../../lambdas/spec/wildcard.ts'

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 })
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })

test('two patterns overlap if one text matches both', () => {
  fc.assert(
    fc.property(pattern, pattern, text, (one, other, each) => {
      fc.pre(wildcard(one).test(each) && wildcard(other).test(each))
      return overlap(one, other) && overlap(other, one)
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['iam:*', 'IAM:Get*', true],
  ['*', 'iam:PassRole', true],
  ['ssm:Start*', 'ssm:GetParameter*', false],
  ['ssm:*Session*', 'ssm:GetParameter*', true],
  ['iam:*', 'iamx:Get', false],
  ['a*b', '*c', false],
  ['', '*', true],
  ['', 'a', false],
])('%j and %j overlap: %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected)
})
