/** The reads that the command line and the portal share. */
import { answerOf } from './answer.ts'
import type {
  Access,
  ApiClient,
  Cluster,
  ClusterSummary,
  GenerationSummary,
  Operation,
  OperationFilter,
  OperationSummary,
  QueryOf,
  Workload,
  WorkloadFilter,
} from './api.ts'
import { allPages, newestOperations } from './pages.ts'
import type { WorkloadName } from './workload.ts'

export async function readClusters(api: ApiClient): Promise<ClusterSummary[]> {
  const pages = await allPages((query) => answerOf(api.GET('/v1/clusters', { params: { query } })))
  return pages.flatMap(({ clusters }) => clusters)
}

export async function readWorkloads(api: ApiClient, filter: WorkloadFilter = {}): Promise<Workload[]> {
  const pages = await allPages((page) =>
    answerOf(api.GET('/v1/workloads', { params: { query: { ...filter, ...page } } })),
  )
  return pages.flatMap(({ workloads }) => workloads)
}

/** The newest operations that match the filter. The default of `limit` is 100. */
export function readOperations(api: ApiClient, filter: OperationFilter, limit?: number): Promise<OperationSummary[]> {
  return newestOperations(
    (page) => answerOf(api.GET('/v1/operations', { params: { query: { ...filter, ...page } } })),
    limit,
  )
}

export function readOperation(api: ApiClient, operationId: string): Promise<Operation> {
  return answerOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } } }))
}

/** The record of a cluster. */
export function readCluster(api: ApiClient, cluster: string): Promise<Cluster> {
  return answerOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } }))
}

/** The stored generations of a cluster's spec, newest first. */
export async function readGenerations(api: ApiClient, cluster: string): Promise<GenerationSummary[]> {
  const pages = await allPages(({ limit, after }) => {
    const query = { limit, ...(after !== undefined && { after: Number(after) }) }
    return answerOf(api.GET('/v1/clusters/{cluster}/generations', { params: { path: { cluster }, query } }))
  })
  return pages.flatMap(({ generations }) => generations)
}

/** Who the caller is, and what the caller may do, overall or in the cluster or namespace of the query. */
export function readAccess(api: ApiClient, query: QueryOf<'get-access'> = {}): Promise<Access> {
  return answerOf(api.GET('/v1/access', { params: { query } }))
}

/** A manifest for the pods of a workload. */
export function readManifest(
  api: ApiClient,
  workload: WorkloadName & { readonly cluster: string },
  query: QueryOf<'get-manifest'>,
): Promise<string> {
  const { cluster, namespace, serviceAccount } = workload
  const params = { path: { cluster, namespace, serviceAccount }, query }
  return answerOf<string>(
    api.GET('/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}/manifest', { params, parseAs: 'text' }),
  )
}
