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

test('a page is read no further than it is full, or the list ends', async () => {
  const readsFor = async (count: number, visible: readonly string[]) => {
    let reads = 0
    const read = async (after = '') => {
      reads += 1
      return names
        .slice(0, count)
        .filter((name) => name > after)
        .slice(0, 3)
    }
    const options = { placeOf: (name: string) => name, sees: (name: string) => visible.includes(name) }
    return { ...(await visiblePage({ limit: 3 }, read, options)), reads }
  }
  const [a = '', b = '', c = '', d = '', e = ''] = names
  expect(await readsFor(2, [a, b])).toEqual({ entries: [a, b], reads: 1 })
  expect(await readsFor(9, names)).toEqual({ entries: [a, b, c], last: c, reads: 1 })
  expect(await readsFor(5, [c, d, e])).toEqual({ entries: [c, d, e], reads: 2 })
})

test('after 1,000 entries the next page starts where this one stopped, and not at what was seen last', async () => {
  let reads = 0
  const read = async () => {
    reads += 1
    return [`r${reads}`, ...Array.from({ length: 99 }, () => `s${reads}`)]
  }
  const page = await visiblePage({ limit: 100 }, read, { placeOf: (name) => name, sees: (name) => name === 'r2' })
  expect(page).toEqual({ entries: ['r2'], last: 's10' })
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
