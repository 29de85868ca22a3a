import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visiblePage } from '../../../lambdas/api/visible-page.ts'
import type { ListRange } from '../../../lambdas/operations/record/table.ts'

const names = Array.from({ length: 30 }, (_, index) => `n${String(index).padStart(2, '0')}`)

/** Reads names as DynamoDB does: it returns where it stopped also at the end of the list, unless it read beyond. */
function readOf(all: readonly string[]) {
  return async ({ after = '', itemsToRead }: ListRange) => {
    const entries = all.filter((name) => name > after).slice(0, itemsToRead)
    const next = entries.length === itemsToRead ? entries.at(-1) : undefined
    return { entries, ...(next !== undefined && { next }) }
  }
}

function page(limit: number, seen: ReadonlySet<string>, after?: string) {
  return visiblePage({ after, limit }, readOf(names), { positionOf: (name) => name, maySee: (name) => seen.has(name) })
}

test('the pages of a list have all entries that the caller may see, in order, and no cursor of a hidden entry', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.subarray(names), async (limit, visible) => {
      const seen = new Set(visible)
      const shown: string[] = []
      let after: string | undefined
      do {
        const { entries, next } = await page(limit, seen, after)
        expect(entries.length).toBeLessThanOrEqual(limit)
        if (next !== undefined) expect([...seen, undefined]).toContain(next)
        shown.push(...entries)
        after = next
      } while (after !== undefined)
      expect(shown).toEqual(visible)
    }),
  )
})

test('reads end when the page is full, or the list ends', async () => {
  const readsFor = async (count: number, visible: readonly string[]) => {
    const sizes: number[] = []
    const read = readOf(names.slice(0, count))
    const options = { positionOf: (name: string) => name, maySee: (name: string) => visible.includes(name) }
    const counted = (from: ListRange) => {
      sizes.push(from.itemsToRead)
      return read(from)
    }
    const found = await visiblePage({ limit: 3 }, counted, options)
    return { ...found, sizes }
  }
  const [a = '', b = '', c = '', d = '', e = ''] = names
  expect(await readsFor(2, [a, b])).toEqual({ entries: [a, b], sizes: [3] })
  expect(await readsFor(9, names)).toEqual({ entries: [a, b, c], next: c, sizes: [3] })
  expect(await readsFor(5, [c, d, e])).toEqual({ entries: [c, d, e], sizes: [3, 12] })
  expect(await readsFor(6, [c, d, e, names[5] ?? ''])).toEqual({ entries: [c, d, e], next: e, sizes: [3, 12] })
})

test('each read is four times as long as the one before, up to 1,000 items', async () => {
  const sizes: number[] = []
  const read = async ({ itemsToRead }: ListRange) => {
    sizes.push(itemsToRead)
    return { entries: [], next: `after ${sizes.length}` }
  }
  const found = await visiblePage({ limit: 5 }, read, { positionOf: (name: string) => name, maySee: () => true })
  expect(sizes).toEqual([5, 20, 80, 320, 1000, 1000, 1000, 1000, 1000, 1000])
  expect(found).toEqual({ entries: [], next: 'after 10' })
})

test('after 1,000 decided entries the next page starts where this one stopped, and not at the last visible entry', async () => {
  let reads = 0
  const read = async () => {
    reads += 1
    return { entries: [`r${reads}`, ...Array.from({ length: 249 }, () => `s${reads}`)], next: `s${reads}` }
  }
  const options = { positionOf: (name: string) => name, maySee: (name: string) => name === 'r2' }
  expect(await visiblePage({ limit: 100 }, read, options)).toEqual({ entries: ['r2'], next: 's4' })
})

test('fewer than 1,000 decided entries do not end a page', async () => {
  let reads = 0
  const read = async () => {
    reads += 1
    return { entries: Array.from({ length: 333 }, () => `r${reads}`), next: `r${reads}` }
  }
  const options = { positionOf: (name: string) => name, maySee: () => false }
  expect(await visiblePage({ limit: 100 }, read, options)).toEqual({ entries: [], next: 'r4' })
})
