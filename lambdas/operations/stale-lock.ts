import { readLock, releaseLock } from './lock.ts'
import { neverStarted } from './operation-end.ts'
import { endOperation, readOperationItem } from './operations.ts'
import { reconcileOperation } from './reconcile.ts'
import { hasEnded } from './record.ts'

/**
 * Milliseconds. An execution is started within milliseconds of the record of its operation. After this time without an
 * execution, the process that was to start it has crashed.
 */
const graceMs = 10_000

/**
 * The id of the operation that holds the cluster's lock and is under way; undefined when there is none. A stale lock is
 * released: its operation has ended, or its execution was never started. An operation whose execution was never started
 * is ended as failed.
 *
 * One operation may hold the locks of many clusters. It may have ended without releasing this one.
 */
export async function holderUnlessStale(cluster: string): Promise<string | undefined> {
  const lock = await readLock(cluster)
  if (!lock) return undefined
  const { operationId } = lock
  const recorded = await readOperationItem(operationId)
  // An operation that is recorded as ended is about to release the lock itself. Its execution runs on for a moment, to
  // notify, so the state of the execution is not read.
  const state = recorded && hasEnded(recorded.status) ? 'ended' : await reconcileOperation(operationId)
  const isNew = Date.now() - Date.parse(lock.acquiredAt) < graceMs
  if (state === 'running' || (state === 'absent' && isNew)) return operationId
  if (state === 'absent') await endOperation({ operationId }, { status: 'failed', error: neverStarted(cluster) })
  await releaseLock(cluster, operationId)
  return undefined
}
