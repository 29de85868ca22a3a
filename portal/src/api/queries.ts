/** The queries of the pages, and their intervals. Queries of closed pages and hidden tabs are not repeated. */
import { queryOptions } from '@tanstack/react-query'
import type { OperationFilter, QueryOf } from '../../../client/api.ts'
import {
  readCluster,
  readClusters,
  readManifest,
  readOperation,
  readOperations,
  readWorkloads,
} from '../../../client/reads.ts'
import type { WorkloadName } from '../../../client/workload.ts'
import { api } from './client.ts'

/** Milliseconds between two reads of changing data, of a list with some changing data, and of stable data. */
export const whileItRuns = 1_000
const whileSomeRun = 3_000
export const atRest = 15_000

export const clustersQuery = queryOptions({
  queryKey: ['clusters'],
  queryFn: () => readClusters(api),
  refetchInterval: ({ state }) => (state.data?.some(isChanging) ? whileSomeRun : atRest),
})

export const workloadsQuery = queryOptions({
  queryKey: ['workloads'],
  queryFn: () => readWorkloads(api),
  refetchInterval: ({ state }) => (state.data?.some(isChanging) ? whileSomeRun : atRest),
})

function isChanging({ runningOperationId }: { readonly runningOperationId?: string }): boolean {
  return runningOperationId !== undefined
}

export function clusterQuery(cluster: string) {
  return queryOptions({
    queryKey: ['cluster', cluster],
    queryFn: () => readCluster(api, cluster),
    refetchInterval: ({ state }) => (state.data?.runningOperationId === undefined ? atRest : whileItRuns),
  })
}

/**
 * The record of a cluster, for a form that changes it. The query runs once, so that new data does not overwrite the
 * user's input. Each form runs the query again, because the data of an earlier query may be outdated.
 */
export function recordQuery(cluster: string) {
  return queryOptions({
    queryKey: ['record', cluster],
    queryFn: () => readCluster(api, cluster),
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
}

/** The newest operations: a hundred, or `limit`. */
export function operationsQuery(filter: OperationFilter, limit?: number) {
  return queryOptions({
    queryKey: ['operations', filter, limit],
    queryFn: () => readOperations(api, filter, limit),
    refetchInterval: ({ state }) => (state.data?.some(({ endedAt }) => endedAt === undefined) ? whileItRuns : atRest),
  })
}

export function operationQuery(operationId: string) {
  return queryOptions({
    queryKey: ['operation', operationId],
    queryFn: () => readOperation(api, operationId),
    refetchInterval: ({ state }) => (state.data?.endedAt === undefined ? whileItRuns : false),
  })
}

export type ManifestKind = NonNullable<QueryOf<'get-manifest'>['kind']>

export interface WorkloadOfCluster extends WorkloadName {
  readonly cluster: string
}

/** The manifest for the workload's pods, as YAML. */
export function manifestQuery(workload: WorkloadOfCluster, kind: ManifestKind) {
  return queryOptions({
    queryKey: ['manifest', workload, kind],
    queryFn: () => readManifest(api, workload, { kind }),
  })
}
