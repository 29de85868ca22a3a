/** The list of operations, newest first. table.ts describes its indexes. */

import { all, where } from '../record/expression.ts'
import type { OperationKind } from '../record/kinds.ts'
import { type OperationItem, type OperationStatus, operationItem } from '../record/record.ts'
import { indexes, type ListPage, type ListRange, lists, queryList } from '../record/table.ts'

export interface OperationFilter {
  readonly cluster?: string | undefined
  readonly kind?: OperationKind | undefined
  readonly status?: OperationStatus | undefined
}

/** DynamoDB applies a filter after the read, so a small filtered read would often find nothing. */
const minFilteredPageSize = 100

/**
 * Returns the operations that match the filter, newest first, starting after the operation ID `after`. A filter by
 * cluster queries the index `by-cluster`. A filter by status alone queries the index `by-status`. DynamoDB applies all
 * other filters after the read.
 */
export function listOperations(
  { cluster, kind, status }: OperationFilter,
  { after, itemsToRead }: ListRange,
): Promise<ListPage<OperationItem>> {
  const { index, partition } = partOf(cluster, status)
  const position = after === undefined ? undefined : where`listedKey < ${after}`
  const filters = [
    kind === undefined ? undefined : where`kind = ${kind}`,
    status === undefined || index === indexes.byStatus ? undefined : where`status = ${status}`,
  ].filter((filter) => filter !== undefined)
  const isFiltered = filters.length > 0
  const pageSize = isFiltered ? Math.max(itemsToRead, minFilteredPageSize) : itemsToRead
  const filter = isFiltered ? all(...filters) : undefined
  return queryList(all(partition, position), { index, filter, backwards: true, pageSize }, operationItem)
}

function partOf(cluster: string | undefined, status: OperationStatus | undefined) {
  if (cluster !== undefined) return { index: indexes.byCluster, partition: where`clusterOfOperation = ${cluster}` }
  if (status !== undefined) return { index: indexes.byStatus, partition: where`statusOfOperation = ${status}` }
  return { index: indexes.byList, partition: where`listed = ${lists.operations}` }
}
