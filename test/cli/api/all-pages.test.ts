import { expect, test } from 'vitest'
import { allPages } from '../../../cli/api/all-pages.ts'

test('all pages are read: each begins at the place that the one before it names', async () => {
  const queries: object[] = []
  const pages = await allPages(async (query) => {
    queries.push(query)
    if (query.after === undefined) return { names: ['a', 'b'], next: '/staff/v1/list?limit=100&after=b%23c%23d' }
    return { names: ['c'] }
  })
  expect(pages.flatMap(({ names }) => names)).toEqual(['a', 'b', 'c'])
  expect(queries).toEqual([{ limit: 100 }, { limit: 100, after: 'b#c#d' }])
})
