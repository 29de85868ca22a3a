import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { setting } from '../settings.ts'
import { type LockItem, lockItem, stepItem } from './record.ts'
import { conditionally, getItem, indexes, keys, lists, queryItems, table } from './table.ts'
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

const listedLock = z.extend(lockItem, { listedKey: z.string() })

/**
 * The locks that are held of these clusters, by the names of the clusters. A lock of a moment ago may be missing: the
 * index is eventually consistent.
 */
export async function listLocks(clusters: ReadonlySet<string>): Promise<ReadonlyMap<string, LockItem>> {
  const names = [...clusters].sort()
  const items = await queryItems({
    IndexName: indexes.byList,
    KeyConditionExpression: 'listed = :listed AND listedKey BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':listed': lists.locks, ':first': names.at(0), ':last': names.at(-1) },
  })
  const locks = items.map((item) => listedLock.parse(item)).filter(({ listedKey }) => clusters.has(listedKey))
  return new Map(locks.map(({ listedKey, ...lock }) => [listedKey, lock]))
}

/**
 * Acquires the cluster's lock. Gives back whether the operation holds the lock now: it was free, or the operation held
 * it already.
 */
export async function acquireLock(cluster: string, operationId: string): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.lock(cluster),
    UpdateExpression: 'SET operationId = :id, acquiredAt = :at, listed = :listed, listedKey = :cluster',
    ConditionExpression: 'attribute_not_exists(pk) OR operationId = :id',
    ExpressionAttributeValues: {
      ':id': operationId,
      ':at': new Date().toISOString(),
      ':listed': lists.locks,
      ':cluster': cluster,
    },
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
 * Gives back until when a step may write otherwise. The lock then stays, and the next request or the reconciler releases it.
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
