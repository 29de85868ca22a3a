import { expect, test } from 'vitest'
import { allClusters } from '../../../cli/api/all-clusters.ts'

const named = (name: string) => ({ name, provider: 'existing', lastOperationId: 'a', createdAt: 'b', updatedAt: 'c' })

test('all clusters are read, page after page: each begins after the last one of the page before', async () => {
  const queries: object[] = []
  const found = await allClusters(async (query) => {
    queries.push(query)
    return query.after === undefined
      ? { clusters: [named('a'), named('b')], next: '/v1/clusters?after=b' }
      : { clusters: [named('c')] }
  })
  expect(found.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(queries).toEqual([{ limit: 100 }, { limit: 100, after: 'b' }])
})
