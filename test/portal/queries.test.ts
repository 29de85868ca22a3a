import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { stubBrowser } from './support/browser-globals.ts'

stubBrowser()
const { connect } = await import('../../portal/src/api/client.ts')
const { generationsQuery } = await import('../../portal/src/pages/cluster/history/generations-query.ts')
const { clustersQuery, recordQuery, workloadsQuery } = await import('../../portal/src/api/queries.ts')

test.each([
  ['clusters', clustersQuery],
  ['workloads', workloadsQuery],
])('the list of %s has the entries of all pages', async (name, { queryFn }) => {
  const pages: Record<string, object> = {
    first: { [name]: [{ cluster: 'a' }], next: '/v1/list?limit=100&after=second' },
    second: { [name]: [{ cluster: 'b' }] },
  }
  connect({
    base: 'https://api.example',
    send: async ({ url }) => Response.json(pages[new URL(url).searchParams.get('after') ?? 'first']),
  })
  const read: unknown = await Reflect.apply(Object(queryFn), undefined, [{}])
  expect(read).toEqual([{ cluster: 'a' }, { cluster: 'b' }])
})

test('a form that is opened again waits for the current record', async () => {
  let generation = 0
  connect({ base: 'https://api.example', send: async () => Response.json({ generation: ++generation }) })
  const client = new QueryClient()
  const openForm = async () => {
    const observer = new QueryObserver(client, recordQuery('edge-1'))
    const atOnce = observer.getCurrentResult().data
    const close = observer.subscribe(() => {})
    await vi.waitUntil(() => observer.getCurrentResult().isSuccess)
    const read = observer.getCurrentResult().data
    close()
    await vi.waitUntil(() => client.getQueryCache().getAll().length === 0)
    return [atOnce, read]
  }
  expect(await openForm()).toEqual([undefined, { generation: 1 }])
  expect(await openForm()).toEqual([undefined, { generation: 2 }])
})

test('the whole history is read when the user asks for it, although its beginning is cached', async () => {
  connect({
    base: 'https://api.example',
    send: async ({ url }) => Response.json({ generations: [], limit: new URL(url).searchParams.get('limit') }),
  })
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 'static' } } })
  const read = (limit: number) => client.fetchQuery(generationsQuery('edge-1', { generation: 7, limit }))
  expect([await read(5), await read(100)]).toMatchObject([{ limit: '5' }, { limit: '100' }])
})
