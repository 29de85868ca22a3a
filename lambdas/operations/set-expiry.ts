/**
 * Records when the items of an operation that has ended expire. The newest change of a cluster never does while its
 * cluster is recorded: the record of the cluster names it. A mark below the cluster (keys.kept) leads from each change to
 * the next one that ends, which sets when its predecessors expire.
 */
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { explained } from '../clouds/aws/errors.ts'
import { allDone, allDoneInBatches } from '../errors/attempts.ts'
import { setting } from '../settings.ts'
import { expiryOf } from './expiry.ts'
import { clusterItem, type OperationItem, operationItem } from './record.ts'
import { conditionally, keptPrefix, keys, queryItems, table, tableCall } from './table.ts'

/** How many items are written at the same time. A rotation has some for each cluster. */
const atOnce = 50

const operationDays = z.object({ looks: z.number(), changes: z.number() })

/**
 * Sets when an operation that has ended expires, and when the changes do that are no longer the newest one of its cluster.
 *
 * @throws {StepError} when a call fails; the next call sets what is left
 */
export async function setExpiry({ operationId, cluster }: OperationItem): Promise<void> {
  const { newest, marked } = cluster === undefined ? noChanges : await changesOf(cluster)
  const ended = new Set([operationId, ...marked])
  for (const each of ended) if (each !== newest) await setExpiryOfItems(each)
  if (cluster === undefined) return
  for (const each of marked) if (each !== newest) await unmark(cluster, each)
}

const noChanges = { newest: undefined, marked: [] }

const mark = z.object({ sk: z.string() })
const newestChange = z.pick(clusterItem, { lastOperationId: true })

/**
 * The newest change of a cluster, and those that are marked; no newest one when the cluster is no longer recorded. By queries
 * alone: what settles operations may not get single items.
 */
async function changesOf(cluster: string) {
  const { pk, sk } = keys.cluster(cluster)
  const [[recorded], marks] = await allDone([
    queryItems({
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
      ConsistentRead: true,
    }),
    queryItems({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :kept)',
      ExpressionAttributeValues: { ':pk': pk, ':kept': keptPrefix },
      ConsistentRead: true,
    }),
  ])
  return {
    newest: recorded && newestChange.parse(recorded).lastOperationId,
    marked: marks.map((item) => mark.parse(item).sk.slice(keptPrefix.length)),
  }
}

async function setExpiryOfItems(operationId: string): Promise<void> {
  const { pk, sk } = keys.operation(operationId)
  const items = await queryItems({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
  })
  const operation = items.find((item) => item.sk === sk)
  const expiresAt = operation && expiryOf(operationItem.parse(operation), daysOfDeployment())
  if (expiresAt === undefined) return
  await allDoneInBatches(items, atOnce, (item) => expire({ pk, sk: item.sk }, expiresAt))
}

function daysOfDeployment() {
  return operationDays.parse(JSON.parse(setting('OPERATION_DAYS')))
}

/** DynamoDB may have deleted the item since it was read. */
async function expire(Key: Record<string, unknown>, expiresAt: number): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key,
    UpdateExpression: 'SET expiresAt = :at',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':at': expiresAt },
  })
  await conditionally('UpdateItem', table.send(command))
}

async function unmark(cluster: string, operationId: string): Promise<void> {
  const command = new DeleteCommand({ TableName: setting('TABLE_NAME'), Key: keys.kept(cluster, operationId) })
  await explained(tableCall('DeleteItem'), table.send(command))
}
