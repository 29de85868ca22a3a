import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bounded, differenceIn, differencesByKey, reported } from '../../../lambdas/report/difference.ts'

describe('a difference', () => {
  it('has no observed value for a missing field, and no desired value for an undesired one', () => {
    expect(differenceIn('tags.a', 'x', undefined)).toStrictEqual({ field: 'tags.a', desired: 'x' })
    expect(differenceIn('policyArns', undefined, 'x')).toStrictEqual({ field: 'policyArns', observed: 'x' })
  })

  it('is reported for exactly the keys without the desired value', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'))
    fc.assert(
      fc.property(values, values, (desired, observed) => {
        const differences = differencesByKey(desired, observed, 'tags.')
        const written = { ...observed, ...desired }
        expect(differencesByKey(desired, written)).toEqual([])
        const differing = Object.keys(written).filter((key) => written[key] !== observed[key])
        expect(differences.map(({ field }) => field).sort()).toEqual(differing.map((key) => `tags.${key}`).sort())
      }),
    )
  })
})

describe('a report', () => {
  it('omits empty lists', () => {
    expect(reported([], [])).toEqual({})
    expect(reported([{ field: 'a' }], [])).toEqual({ differences: [{ field: 'a' }] })
    expect(reported([], [{ field: 'b' }])).toEqual({ additions: [{ field: 'b' }] })
  })

  it('counts the additions beyond fifty', () => {
    const additions = Array.from({ length: 53 }, (_, index) => ({ field: 'members', observed: index }))
    expect(bounded(additions.slice(0, 50))).toEqual(additions.slice(0, 50))
    expect(bounded(additions)).toEqual([...additions.slice(0, 50), { field: 'members', observed: 'and 3 more' }])
  })
})
