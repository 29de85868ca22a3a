/** The list of operations, newest first. table.ts describes its indexes. */
import type { OperationKind } from './kinds.ts'
import { type OperationItem, type OperationStatus, operationItem } from './record.ts'
import { indexes, type ListPage, lists, type PlaceInList, queryList } from './table.ts'

export interface OperationFilter {
  readonly cluster?: string | undefined
  readonly kind?: OperationKind | undefined
  readonly status?: OperationStatus | undefined
}

/** DynamoDB applies a filter after it has read: a filtered read of a few items would find nothing. */
const fewestFiltered = 100

/**
 * The operations that pass the filter, newest first, of those after a place in the list: the id of an operation. A filter
 * by cluster, or else by status, reads an index that has no others. What else is asked for is left out of what was read.
 */
export async function listOperations(
  { cluster, kind, status }: OperationFilter,
  { after, reads }: PlaceInList,
): Promise<ListPage<OperationItem>> {
  const { index, partition, value } = partOf(cluster, status)
  const equal = Object.entries({ kind, ...(index !== indexes.byStatus && { status }) }).filter(
    ([, wanted]) => wanted !== undefined,
  )
  const { entries, next } = await queryList({
    IndexName: index,
    KeyConditionExpression: `${partition} = :partition${after === undefined ? '' : ' AND listedKey < :after'}`,
    ScanIndexForward: false,
    ...(equal.length > 0 && {
      FilterExpression: equal.map(([name]) => `#${name} = :${name}`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(equal.map(([name]) => [`#${name}`, name])),
    }),
    ExpressionAttributeValues: {
      ':partition': value,
      ...(after !== undefined && { ':after': after }),
      ...Object.fromEntries(equal.map(([name, wanted]) => [`:${name}`, wanted])),
    },
    Limit: equal.length > 0 ? Math.max(reads, fewestFiltered) : reads,
  })
  return { entries: entries.map((item) => operationItem.parse(item)), ...(next !== undefined && { next }) }
}

function partOf(cluster: string | undefined, status: OperationStatus | undefined) {
  if (cluster !== undefined) return { index: indexes.byCluster, partition: 'clusterOfOperation', value: cluster }
  if (status !== undefined) return { index: indexes.byStatus, partition: 'statusOfOperation', value: status }
  return { index: indexes.byList, partition: 'listed', value: lists.operations }
}
