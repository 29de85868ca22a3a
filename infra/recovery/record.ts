/** Reads and writes items of the table: the records of clusters, and claims. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { PutCommand, type PutCommandInput, paginateScan } from '@aws-sdk/lib-dynamodb'
import { clusterItem, workloadItem } from '../../lambdas/operations/record/record.ts'
import { keys, table } from '../../lambdas/operations/record/table.ts'
import type { Assigned } from './assignment.ts'
import type { Item } from './recovered.ts'
import type { RecordedCluster, Sources } from './recovered-claims.ts'

const partitions = { ':clusters': keys.cluster('').pk, ':claims': 'CLAIM#' }

/** All clusters and claims. Scans the table with consistent reads, because an index may lack the latest writes. */
export async function readRecord(TableName: string): Promise<Pick<Sources, 'clusters' | 'claims'>> {
  const items: Record<string, unknown>[] = []
  const FilterExpression = 'begins_with(pk, :clusters) OR begins_with(pk, :claims)'
  const scan = { TableName, ConsistentRead: true, FilterExpression, ExpressionAttributeValues: partitions }
  for await (const { Items = [] } of paginateScan({ client: table }, scan)) items.push(...Items)
  const found = items.map((item): Item => ({ ...item, pk: String(item.pk), sk: String(item.sk) }))
  const claims = found.filter(({ pk }) => pk.startsWith(partitions[':claims']))
  return { clusters: clustersIn(found), claims: new Map(claims.map((item) => [item.pk, item])) }
}

function clustersIn(items: readonly Item[]): RecordedCluster[] {
  const workloads = Map.groupBy(
    items.filter(({ sk }) => sk.startsWith('WORKLOAD#')),
    ({ pk }) => pk,
  )
  return items
    .filter(({ sk }) => sk === keys.cluster('').sk)
    .map((item) => ({
      cluster: clusterItem.parse(item),
      workloads: (workloads.get(item.pk) ?? []).map((workload) => workloadItem.parse(workload)),
    }))
}

/** Writes the missing items, and returns their number. Keeps existing items: they were recorded after the loss. */
export async function writeNew(TableName: string, items: readonly Item[]): Promise<number> {
  let written = 0
  for (const Item of items) {
    if (await put({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' })) written += 1
  }
  return written
}

/**
 * Replaces the claim that was read.
 *
 * @throws {Error} when the claim has changed since the read
 */
export async function replaceClaim(TableName: string, { item: Item, before }: Assigned): Promise<void> {
  const field = before?.revision === undefined ? 'owner' : 'revision'
  const unchanged = before && {
    ConditionExpression: '#field = :read',
    ExpressionAttributeNames: { '#field': field },
    ExpressionAttributeValues: { ':read': before[field] },
  }
  if (await put({ TableName, Item, ...(unchanged ?? { ConditionExpression: 'attribute_not_exists(pk)' }) })) return
  throw new Error(`The claim of ${Item.name} has changed meanwhile, and is not assigned. Run the command again`)
}

/** Returns false when the condition does not hold. */
async function put(input: PutCommandInput): Promise<boolean> {
  try {
    await table.send(new PutCommand(input))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
