import * as z from 'zod/mini'
import { where } from '../record/expression.ts'
import { type LockItem, lockItem, stepItem } from '../record/record.ts'
import { getItem, indexes, keys, lists, queryItems } from '../record/table.ts'
import { conditionally, remove, update } from '../record/writes.ts'
import { writesUntil } from './activity.ts'

/**
 * Returns the lock of the cluster, or undefined when no operation holds it. The lock names its operation.
 *
 * @param cluster undefined for the lock of rotations, which covers all clusters
 */
export async function readLock(cluster: string | undefined): Promise<LockItem | undefined> {
  const item = await getItem(keys.lock(cluster))
  return item === undefined ? undefined : lockItem.parse(item)
}

const listedLock = z.extend(lockItem, { listedKey: z.string() })

/** Returns the locks by cluster name. The index is eventually consistent, so a new lock may be missing. */
export async function listLocks(clusters: ReadonlySet<string>): Promise<ReadonlyMap<string, LockItem>> {
  const names = [...clusters].sort()
  const [first, last] = [names.at(0), names.at(-1)]
  if (first === undefined || last === undefined) return new Map()
  const key = where`listed = ${lists.locks} AND listedKey BETWEEN ${first} AND ${last}`
  const items = await queryItems(key, { index: indexes.byList })
  const locks = items.map((item) => listedLock.parse(item)).filter(({ listedKey }) => clusters.has(listedKey))
  return new Map(locks.map(({ listedKey, ...lock }) => [listedKey, lock]))
}

/** Acquires the cluster's lock if it is free. Returns whether this operation holds the lock, now or already before. */
export async function acquireLock(cluster: string, operationId: string): Promise<boolean> {
  const set = { operationId, acquiredAt: new Date().toISOString(), listed: lists.locks, listedKey: cluster }
  const condition = where`attribute_not_exists(pk) OR operationId = ${operationId}`
  return conditionally(update(keys.lock(cluster), { set }, condition))
}

/** Releases the cluster's lock if this operation holds it. */
export async function releaseLock(cluster: string | undefined, operationId: string): Promise<void> {
  await conditionally(remove(keys.lock(cluster), where`operationId = ${operationId}`))
}

/**
 * Releases the lock if this ended operation holds it and none of the operation's steps can be running. If a step can be
 * running, returns the time until which it may write. The next request or the reconciler then releases the lock.
 */
export async function releaseWhenIdle(cluster: string, operationId: string): Promise<Date | undefined> {
  const until = writesUntil(await stepsUnderWay(operationId), new Date())
  if (until === undefined) await releaseLock(cluster, operationId)
  return until
}

const underWay = z.pick(stepItem, { runsUntil: true })

async function stepsUnderWay(operationId: string): Promise<z.output<typeof underWay>[]> {
  const key = where`pk = ${keys.operation(operationId).pk} AND begins_with(sk, ${'STEP#'})`
  const items = await queryItems(key, { filter: where`attribute_exists(runsUntil)`, only: ['runsUntil'] })
  return items.map((item) => underWay.parse(item))
}
