import { readLock } from './lock.ts'
import { endedMeanwhile } from './operation-end.ts'
import { endOperation, readOperation } from './operations.ts'
import type { OperationEnd } from './record.ts'

/**
 * Calls `record`, and ends the operation as succeeded, when the operation holds its cluster's lock. Does nothing when
 * the operation has already succeeded.
 *
 * @param record writes what the operation has come to into the cluster's record
 * @throws {OperationEnded} when somebody else has ended the operation
 */
export async function completeIfHeld(
  ref: { readonly operationId: string; readonly cluster: string },
  record?: () => Promise<void>,
  result?: OperationEnd['result'],
): Promise<void> {
  const lock = await readLock(ref.cluster)
  if (lock?.operationId === ref.operationId) {
    await record?.()
    await endOperation(ref, { status: 'succeeded', ...(result && { result }) })
    return
  }
  // Without the lock, this is a second run after a crash at the very end, or somebody else has ended the operation.
  const recorded = await readOperation(ref.operationId)
  if (recorded?.operation.status !== 'succeeded') throw endedMeanwhile(ref.cluster)
}
