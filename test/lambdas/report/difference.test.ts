import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bounded, differenceIn, differencesByKey, told } from '../../../lambdas/report/difference.ts'

describe('a difference', () => {
  it('has no found where nothing is there, and no wanted where nothing should be', () => {
    expect(differenceIn('tags.a', 'x', undefined)).toEqual({ field: 'tags.a', wanted: 'x' })
    expect(differenceIn('policyArns', undefined, 'x')).toEqual({ field: 'policyArns', found: 'x' })
  })

  it('is told for exactly the keys that have not the wanted value', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'))
    fc.assert(
      fc.property(values, values, (wanted, found) => {
        const differences = differencesByKey(wanted, found, 'tags.')
        const written = { ...found, ...wanted }
        expect(differencesByKey(wanted, written)).toEqual([])
        const differing = Object.keys(written).filter((key) => written[key] !== found[key])
        expect(differences.map(({ field }) => field).sort()).toEqual(differing.map((key) => `tags.${key}`).sort())
      }),
    )
  })
})

describe('what is told', () => {
  it('leaves empty lists out', () => {
    expect(told([], [])).toEqual({})
    expect(told([{ field: 'a' }], [])).toEqual({ differences: [{ field: 'a' }] })
  })

  it('counts the additions beyond fifty', () => {
    const additions = Array.from({ length: 53 }, (_, index) => ({ field: 'members', found: index }))
    expect(bounded(additions.slice(0, 50))).toEqual(additions.slice(0, 50))
    expect(bounded(additions)).toEqual([...additions.slice(0, 50), { field: 'members', found: 'and 3 more' }])
  })
})
