import { readLock, releaseLock } from './lock.ts'
import { neverStarted } from './operation-end.ts'
import { endOperation, readOperationItem } from './operations.ts'
import { hasEnded } from './record.ts'
import { settleOperation } from './settle.ts'

/** Between the record and the start of an execution lie milliseconds; its starter has crashed when it takes this long. */
const graceMs = 10_000

/**
 * The operation that holds the cluster's lock and is under way. Undefined when there is none: a lock is released whose
 * operation has ended, or whose execution never was. That operation may hold the locks of many clusters, and have ended
 * without having released this one.
 */
export async function holderUnlessStale(cluster: string): Promise<string | undefined> {
  const lock = await readLock(cluster)
  if (!lock) return undefined
  const { operationId } = lock
  const recorded = await readOperationItem(operationId)
  // Recorded as ended, it is about to release the lock itself, though its execution goes on for a moment, to notify.
  const state = recorded && hasEnded(recorded.status) ? 'ended' : await settleOperation(operationId)
  const isNew = Date.now() - Date.parse(lock.acquiredAt) < graceMs
  if (state === 'running' || (state === 'absent' && isNew)) return operationId
  if (state === 'absent') await endOperation({ operationId }, { status: 'failed', error: neverStarted(cluster) })
  await releaseLock(cluster, operationId)
  return undefined
}
