/** The list of the workloads of all clusters. table.ts describes its order. */
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { where } from '../record/expression.ts'
import { type ListedWorkload, listedWorkload, workloadsItem } from '../record/record.ts'
import {
  getItems,
  indexes,
  keys,
  type ListPage,
  type ListRange,
  lists,
  queryItems,
  queryList,
} from '../record/table.ts'

export interface WorkloadFilter {
  readonly cluster?: string | undefined
  readonly namespace?: string | undefined
}

/** DynamoDB applies a filter after the read, so a small filtered read would often find nothing. */
const minFilteredPageSize = 100

/** The position of a workload in the list. */
export function workloadPosition({
  cluster,
  namespace,
  serviceAccount,
}: WorkloadRef & { readonly cluster: string }): string {
  return `${cluster}#${namespace}#${serviceAccount}`
}

/**
 * Returns the workloads that match the filter, after the position `after`, in the order of clusters, namespaces and
 * accounts. The index is eventually consistent, so a recent change may be missing.
 */
export async function listWorkloads(
  { cluster, namespace }: WorkloadFilter,
  { after, itemsToRead }: ListRange,
): Promise<ListPage<ListedWorkload>> {
  const { from, to } = rangeOf(startOf(cluster, namespace), after)
  // DynamoDB rejects a range whose end precedes its start.
  if (from > to) return { entries: [] }
  const isFiltered = cluster === undefined && namespace !== undefined
  const filter = isFiltered ? where`namespace = ${namespace}` : undefined
  const pageSize = isFiltered ? Math.max(itemsToRead, minFilteredPageSize) : itemsToRead
  return queryList(listedBetween(from, to), { index: indexes.byList, filter, pageSize }, listedWorkload)
}

function listedBetween(from: string, to: string) {
  return where`listed = ${lists.workloads} AND listedKey BETWEEN ${from} AND ${to}`
}

/** All workloads of these clusters, by cluster name. */
export async function workloadsOf(
  clusters: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly ListedWorkload[]>> {
  const names = [...clusters].sort()
  const [first, last] = [names.at(0), names.at(-1)]
  if (first === undefined || last === undefined) return new Map()
  const { from } = rangeOf(startOf(first, undefined), undefined)
  const { to } = rangeOf(startOf(last, undefined), undefined)
  const items = await queryItems(listedBetween(from, to), { index: indexes.byList })
  const workloads = items.map((item) => listedWorkload.parse(item))
  return Map.groupBy(
    workloads.filter(({ cluster }) => clusters.has(cluster)),
    ({ cluster }) => cluster,
  )
}

/** The managers of all workloads in the specs of these clusters, by the position of the workload. */
export async function managersOf(clusters: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const names = [...clusters]
  const specs = await getItems(names.map(keys.workloads))
  const declared = names.map((cluster, index) => {
    const item = specs[index]
    const workloads = item ? workloadsItem.parse(item).workloads : []
    return workloads.map((one) => [workloadPosition({ cluster, ...one }), one.manager] as const)
  })
  return new Map(declared.flat())
}

/** The prefix of the positions of all workloads of a cluster, or of one of its namespaces. */
function startOf(cluster: string | undefined, namespace: string | undefined): string {
  if (cluster === undefined) return ''
  return namespace === undefined ? `${cluster}#` : `${cluster}#${namespace}#`
}

/** All characters of names sort after a space and before a tilde. */
function rangeOf(start: string, after: string | undefined) {
  const next = after === undefined ? '' : `${after} `
  return { from: next > start ? next : `${start} `, to: `${start}~` }
}
