import { expect, test } from 'vitest'
import { allPages, newestOperations, type PageQuery } from '../../client/pages.ts'

test('reads all pages, each from the position that the page before names', async () => {
  const queries: object[] = []
  const pages = await allPages(async (query) => {
    queries.push(query)
    if (query.after === undefined) return { names: ['a', 'b'], next: '/staff/v1/list?limit=100&after=b%23c%23d' }
    return { names: ['c'] }
  })
  expect(pages.flatMap(({ names }) => names)).toEqual(['a', 'b', 'c'])
  expect(queries).toEqual([{ limit: 100 }, { limit: 100, after: 'b#c#d' }])
})

test('reads the newest operations over short pages until there are enough', async () => {
  const queries: object[] = []
  const read = async (query: PageQuery) => {
    queries.push(query)
    const number = queries.length
    return { operations: number === 1 ? [] : [`${number}a`, `${number}b`], next: `/v1/operations?after=p${number}` }
  }
  expect(await newestOperations(read, 3)).toEqual(['2a', '2b', '3a'])
  expect(queries).toEqual([{ limit: 3 }, { limit: 3, after: 'p1' }, { limit: 3, after: 'p2' }])
})

test('reads at most 100 newest operations, and fewer at the end of the list', async () => {
  const page = Array.from({ length: 100 }, (_, index) => index)
  expect(await newestOperations(async () => ({ operations: page, next: '/v1/operations?after=99' }))).toEqual(page)
  expect(await newestOperations(async () => ({ operations: [1] }))).toEqual([1])
})
