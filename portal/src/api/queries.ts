/** The queries of the pages, and their intervals. Queries of closed pages and hidden tabs are not repeated. */
import { queryOptions } from '@tanstack/react-query'
import { allPages, newestOperations, type PageQuery } from '../../../cli/api/all-pages.ts'
import type { operations } from '../../../cli/api/types.ts'
import { answerOf } from './answer.ts'
import { api } from './client.ts'

/** Milliseconds between reads: of changing data, of complete lists with changing data, and of stable data. */
export const whileItRuns = 1_000
const whileSomeRun = 3_000
export const atRest = 15_000

export const clustersQuery = queryOptions({
  queryKey: ['clusters'],
  queryFn: async () => {
    const pages = await allPages((query) => answerOf(api.GET('/v1/clusters', { params: { query } })))
    return pages.flatMap(({ clusters }) => clusters)
  },
  refetchInterval: ({ state }) => (state.data?.some(isChanging) ? whileSomeRun : atRest),
})

export const workloadsQuery = queryOptions({
  queryKey: ['workloads'],
  queryFn: async () => {
    const pages = await allPages((query) => answerOf(api.GET('/v1/workloads', { params: { query } })))
    return pages.flatMap(({ workloads }) => workloads)
  },
  refetchInterval: ({ state }) => (state.data?.some(isChanging) ? whileSomeRun : atRest),
})

function isChanging({ runningOperationId }: { readonly runningOperationId?: string }): boolean {
  return runningOperationId !== undefined
}

export function clusterQuery(cluster: string) {
  return queryOptions({
    queryKey: ['cluster', cluster],
    queryFn: () => readCluster(cluster),
    refetchInterval: ({ state }) => (state.data?.runningOperationId === undefined ? atRest : whileItRuns),
  })
}

/**
 * The record of a cluster, for a form that changes it. The query runs once, so that new data does not overwrite the
 * user's input. Each form runs it again, because another page's data may be outdated.
 */
export function recordQuery(cluster: string) {
  return queryOptions({
    queryKey: ['record', cluster],
    queryFn: () => readCluster(cluster),
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
}

function readCluster(cluster: string) {
  return answerOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } }))
}

export type OperationFilter = Pick<
  NonNullable<operations['list-operations']['parameters']['query']>,
  'cluster' | 'kind' | 'status' | 'limit'
>

/** The newest hundred, or as many as the filter requests. */
export function operationsQuery({ limit, ...filter }: OperationFilter) {
  return queryOptions({
    queryKey: ['operations', { ...filter, limit }],
    queryFn: async () => {
      const read = (page: PageQuery) =>
        answerOf(api.GET('/v1/operations', { params: { query: { ...filter, ...page } } }))
      return { operations: await newestOperations(read, limit) }
    },
    refetchInterval: ({ state }) =>
      state.data?.operations.some(({ endedAt }) => endedAt === undefined) ? whileItRuns : atRest,
  })
}

export function operationQuery(operationId: string) {
  return queryOptions({
    queryKey: ['operation', operationId],
    queryFn: () => answerOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } } })),
    refetchInterval: ({ state }) => (state.data?.endedAt === undefined ? whileItRuns : false),
  })
}

export type ManifestKind = NonNullable<NonNullable<operations['get-manifest']['parameters']['query']>['kind']>

export interface WorkloadName {
  readonly cluster: string
  readonly namespace: string
  readonly serviceAccount: string
}

/** As YAML. */
export function manifestQuery(workload: WorkloadName, kind: ManifestKind) {
  return queryOptions({
    queryKey: ['manifest', workload, kind],
    queryFn: () =>
      answerOf<string>(
        api.GET('/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}/manifest', {
          params: { path: workload, query: { kind } },
          parseAs: 'text',
        }),
      ),
  })
}
