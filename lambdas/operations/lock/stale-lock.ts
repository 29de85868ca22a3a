import { reconcileOperation } from '../reconcile/reconcile.ts'
import { type RecordedOperation, readOperation } from '../record/operations.ts'
import { hasEnded, type OperationItem } from '../record/record.ts'
import { writesUntil } from './activity.ts'
import { listLocks, readLock, releaseLock } from './lock.ts'

/** The operation that may change a cluster. */
export interface Holder extends Pick<OperationItem, 'operationId' | 'kind'> {
  /** Only for an ended operation: the time until which one of its steps may still write. */
  readonly writesUntil?: Date
}

/**
 * Releases the lock of the cluster if it is stale. Returns the operation that still holds the lock, or undefined when
 * the cluster is free.
 *
 * First ends the operation if its execution has ended or no longer exists. The lock is stale if its operation has ended
 * and none of the operation's steps can be running, or if the operation has no record.
 *
 * A rotation may hold the locks of many clusters, and may have ended without releasing the lock of this cluster. The
 * lock of rotations, which belongs to no cluster, is released only here.
 *
 * @param cluster undefined for the lock of rotations
 */
export async function releaseIfStale(cluster: string | undefined): Promise<Holder | undefined> {
  const lock = await readLock(cluster)
  if (!lock) return undefined
  const { operationId } = lock
  const recorded = await reconcileOperation(operationId)
  // The operation is recorded no later than its lock. If it has no record, it has expired, so the lock is stale.
  const holder = recorded && holderOf(recorded)
  if (!holder) await releaseLock(cluster, operationId)
  return holder
}

/** Returns the recorded holder of a lock, to show it. It does not end the operation or release the lock. */
export async function holderToShow(operationId: string): Promise<Holder | undefined> {
  const recorded = await readOperation(operationId)
  return recorded && holderOf(recorded)
}

/** Returns the recorded holders of the clusters' locks, by cluster name. */
export async function holdersToShow(clusters: ReadonlySet<string>): Promise<ReadonlyMap<string, Holder>> {
  if (clusters.size === 0) return new Map()
  const locks = [...(await listLocks(clusters))]
  const operations = [...new Set(locks.map(([, { operationId }]) => operationId))]
  const holders = new Map(await Promise.all(operations.map(async (id) => [id, await holderToShow(id)] as const)))
  return new Map(
    locks.flatMap(([cluster, { operationId }]) => {
      const holder = holders.get(operationId)
      return holder ? [[cluster, holder] as const] : []
    }),
  )
}

function holderOf({ operation, steps }: RecordedOperation): Holder | undefined {
  const { operationId, kind, status } = operation
  if (!hasEnded(status)) return { operationId, kind }
  const until = writesUntil(steps, new Date())
  return until && { operationId, kind, writesUntil: until }
}
