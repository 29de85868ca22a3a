/** The list of all workloads, over clusters. table.ts describes its order. */
import type { WorkloadRef } from '../ownership/ownership.ts'
import { type ListedWorkload, listedWorkload } from './record.ts'
import { indexes, lists, queryItems } from './table.ts'

export interface WorkloadFilter {
  readonly cluster?: string | undefined
  readonly namespace?: string | undefined
  /** The place of a workload: only what comes after it is listed. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Where the list has a workload. */
export function workloadPlace({
  cluster,
  namespace,
  serviceAccount,
}: WorkloadRef & { readonly cluster: string }): string {
  return `${cluster}#${namespace}#${serviceAccount}`
}

/**
 * The workloads that pass the filter, in the order of their clusters, namespaces and accounts, at most `limit`. A change
 * of a moment ago may be missing: the index is eventually consistent.
 */
export async function listWorkloads({ cluster, namespace, after, limit }: WorkloadFilter): Promise<ListedWorkload[]> {
  const { from, to } = rangeOf(startOf(cluster, namespace), after)
  // DynamoDB refuses a range whose end comes before its start.
  if (from > to) return []
  const isFiltered = cluster === undefined && namespace !== undefined
  const items = await queryItems(
    {
      IndexName: indexes.byList,
      KeyConditionExpression: 'listed = :listed AND listedKey BETWEEN :from AND :to',
      ...(isFiltered && {
        FilterExpression: '#namespace = :namespace',
        ExpressionAttributeNames: { '#namespace': 'namespace' },
      }),
      ExpressionAttributeValues: {
        ':listed': lists.workloads,
        ':from': from,
        ':to': to,
        ...(isFiltered && { ':namespace': namespace }),
      },
      // DynamoDB applies the filter after `Limit`.
      Limit: isFiltered ? 100 : limit,
    },
    limit,
  )
  return items.map((item) => listedWorkload.parse(item))
}

/** All workloads of these clusters, by the names of the clusters. */
export async function workloadsOf(
  clusters: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly ListedWorkload[]>> {
  const names = [...clusters].sort()
  const [first, last] = [names.at(0), names.at(-1)]
  if (first === undefined || last === undefined) return new Map()
  const items = await queryItems({
    IndexName: indexes.byList,
    KeyConditionExpression: 'listed = :listed AND listedKey BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':listed': lists.workloads,
      ':from': rangeOf(startOf(first, undefined), undefined).from,
      ':to': rangeOf(startOf(last, undefined), undefined).to,
    },
  })
  const workloads = items.map((item) => listedWorkload.parse(item))
  return Map.groupBy(
    workloads.filter(({ cluster }) => clusters.has(cluster)),
    ({ cluster }) => cluster,
  )
}

/** What the places of all workloads of a cluster, or of one of its namespaces, start with. */
function startOf(cluster: string | undefined, namespace: string | undefined): string {
  if (cluster === undefined) return ''
  return namespace === undefined ? `${cluster}#` : `${cluster}#${namespace}#`
}

/** All that names have sorts after a space, and before a tilde. */
function rangeOf(start: string, after: string | undefined) {
  const next = after === undefined ? '' : `${after} `
  return { from: next > start ? next : `${start} `, to: `${start}~` }
}
