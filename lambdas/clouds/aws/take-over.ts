import { neverStarted } from '../../domain/operation-end.ts'
import { readLock, releaseLock } from './lock.ts'
import { endOperation } from './operations.ts'
import { settleOperation } from './settle-operation.ts'

/** Between the record and the start of an execution lie milliseconds; its starter has crashed when it takes this long. */
const graceMs = 10_000

/**
 * The operation that holds the cluster's lock and is under way. Undefined when there is none: a lock is released whose
 * operation has ended, or whose execution never was. That operation may hold the locks of many clusters, and have ended
 * without having released this one.
 */
export async function holderUnlessTakenOver(cluster: string): Promise<string | undefined> {
  const lock = await readLock(cluster)
  if (!lock) return undefined
  const { operationId } = lock
  const state = await settleOperation(operationId)
  const isNew = Date.now() - Date.parse(lock.takenAt) < graceMs
  if (state === 'running' || (state === 'absent' && isNew)) return operationId
  if (state === 'absent') await endOperation({ operationId }, { status: 'failed', error: neverStarted(cluster) })
  await releaseLock(cluster, operationId)
  return undefined
}
