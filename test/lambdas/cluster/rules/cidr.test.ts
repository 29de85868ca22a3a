import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cidrProblem } from '../../../../lambdas/cluster/rules/cidr.ts'
import { cidrPattern } from '../../../../lambdas/spec/cidr-pattern.ts'

const octet = fc.constantFrom(0, 1, 8, 10, 16, 64, 96, 128, 240, 254, 255)

test('the pattern of ranges in the schema accepts exactly the ranges that the rule accepts', () => {
  const pattern = new RegExp(cidrPattern)
  const range = fc
    .tuple(fc.array(octet, { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 33 }))
    .map(([octets, bits]) => `${octets.join('.')}/${bits}`)
  fc.assert(
    fc.property(range, (text) => {
      expect(pattern.test(text)).toBe(cidrProblem(text) === undefined)
    }),
    { numRuns: 2000 },
  )
})
