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
 * The operation that may change the cluster; undefined when none exists. It releases a stale lock: its operation has
 * ended, and none of its steps can be running. It also ends an operation whose execution has ended or no longer exists.
 *
 * An operation may hold the locks of many clusters, and may have ended without releasing this one. Only this function
 * releases the lock of rotations.
 *
 * @param cluster undefined for the rotation that is running
 */
export async function holderUnlessStale(cluster: string | undefined): Promise<Holder | undefined> {
  const lock = await readLock(cluster)
  if (!lock) return undefined
  const { operationId } = lock
  const recorded = await reconcileOperation(operationId)
  // One transaction records the lock and its operation. An operation on all clusters is recorded earlier.
  const holder = recorded && holderOf(recorded)
  if (!holder) await releaseLock(cluster, operationId)
  return holder
}

/** The recorded holder, for readers: it writes nothing, releases nothing, and reads no execution. */
export async function holderToShow(operationId: string): Promise<Holder | undefined> {
  const recorded = await readOperation(operationId)
  return recorded && holderOf(recorded)
}

/** The recorded holders for the clusters of a list, by cluster name. */
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
