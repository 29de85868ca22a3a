import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { setting } from '../settings.ts'
import { type LockItem, lockItem, stepItem } from './record.ts'
import { conditionally, getItem, keys, queryItems, table } from './table.ts'
import { writesUntil } from './under-way.ts'

/**
 * The lock of the cluster, with the operation that may change the cluster now; undefined when no operation holds it.
 *
 * @param cluster undefined for the lock of rotations, which are of all clusters
 */
export async function readLock(cluster: string | undefined): Promise<LockItem | undefined> {
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
export async function releaseLock(cluster: string | undefined, operationId: string): Promise<void> {
  const command = new DeleteCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.lock(cluster),
    ConditionExpression: 'operationId = :id',
    ExpressionAttributeValues: { ':id': operationId },
  })
  await conditionally('DeleteItem', table.send(command))
}

/**
 * Releases the cluster's lock if this operation, which has ended, holds it and no step of the operation can be running.
 * Gives back until when a step may write otherwise. The lock then stays, and the next request or the sweep releases it.
 */
export async function releaseWhenIdle(cluster: string, operationId: string): Promise<Date | undefined> {
  const until = writesUntil(await stepsUnderWay(operationId), new Date())
  if (until === undefined) await releaseLock(cluster, operationId)
  return until
}

const underWay = z.pick(stepItem, { runsUntil: true })

async function stepsUnderWay(operationId: string): Promise<z.output<typeof underWay>[]> {
  const items = await queryItems({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :step)',
    FilterExpression: 'attribute_exists(runsUntil)',
    ProjectionExpression: 'runsUntil',
    ExpressionAttributeValues: { ':pk': keys.operation(operationId).pk, ':step': 'STEP#' },
    ConsistentRead: true,
  })
  return items.map((item) => underWay.parse(item))
}
