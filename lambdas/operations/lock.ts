import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { setting } from '../settings.ts'
import { type LockItem, lockItem } from './record.ts'
import { conditionally, getItem, keys, table } from './table.ts'

/** Who may change the cluster now, or undefined when nobody does. */
export async function readLock(cluster: string): Promise<LockItem | undefined> {
  const item = await getItem(keys.lock(cluster))
  return item === undefined ? undefined : lockItem.parse(item)
}

/** Whether the operation holds the cluster's lock now: it was free, or already its own. */
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

/** Releases the cluster's lock if this operation holds it, and does nothing otherwise. */
export async function releaseLock(cluster: string, operationId: string): Promise<void> {
  const command = new DeleteCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.lock(cluster),
    ConditionExpression: 'operationId = :id',
    ExpressionAttributeValues: { ':id': operationId },
  })
  await conditionally('DeleteItem', table.send(command))
}
