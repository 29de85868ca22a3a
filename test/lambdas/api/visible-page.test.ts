import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visiblePage } from '../../../lambdas/api/visible-page.ts'

const names = Array.from({ length: 30 }, (_, index) => `n${String(index).padStart(2, '0')}`)

function page(limit: number, seen: ReadonlySet<string>, after?: string) {
  const read = async (from: string | undefined) =>
    names.filter((name) => from === undefined || name > from).slice(0, limit)
  return visiblePage({ after, limit }, read, { placeOf: (name) => name, sees: (name) => seen.has(name) })
}

test('the pages of a list have all entries that the caller sees, in order, and no place of another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.subarray(names), async (limit, visible) => {
      const seen = new Set(visible)
      const shown: string[] = []
      let after: string | undefined
      do {
        const { entries, last } = await page(limit, seen, after)
        expect(entries.length).toBeLessThanOrEqual(limit)
        if (last !== undefined) expect([...seen, undefined]).toContain(last)
        shown.push(...entries)
        after = last
      } while (after !== undefined)
      expect(shown).toEqual(visible)
    }),
  )
})

test('a page of which the caller sees nothing ends after 1,000 entries, and goes on from there', async () => {
  let reads = 0
  const read = async () => {
    reads += 1
    return Array.from({ length: 100 }, () => `r${reads}`)
  }
  const found = await visiblePage({ limit: 100 }, read, { placeOf: (name) => name, sees: () => false })
  expect({ found, reads }).toEqual({ found: { entries: [], last: 'r10' }, reads: 10 })
})
