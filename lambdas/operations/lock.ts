import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { setting } from '../settings.ts'
import { type LockItem, lockItem } from './record.ts'
import { conditionally, getItem, keys, table } from './table.ts'

/**
 * The lock of the cluster, with the operation that may change the cluster now; undefined when no operation holds it.
 */
export async function readLock(cluster: string): Promise<LockItem | undefined> {
  const item = await getItem(keys.lock(cluster))
  return item === undefined ? undefined : lockItem.parse(item)
}

/**
 * Acquires the cluster's lock. Gives back whether the operation holds the lock now: it was free, or the operation held
 * it already.
 */
export async function acquireLock(cluster: string, operationId: string): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.lock(cluster),
    UpdateExpression: 'SET operationId = :id, acquiredAt = :at',
    ConditionExpression: 'attribute_not_exists(pk) OR operationId = :id',
    ExpressionAttributeValues: { ':id': operationId, ':at': new Date().toISOString() },
  })
  return conditionally('UpdateItem', table.send(command))
}

/** Releases the cluster's lock if this operation holds it. Does nothing otherwise. */
export async function releaseLock(cluster: string, operationId: string): Promise<void> {
  const command = new DeleteCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.lock(cluster),
    ConditionExpression: 'operationId = :id',
    ExpressionAttributeValues: { ':id': operationId },
  })
  await conditionally('DeleteItem', table.send(command))
}
