import { readLock } from './lock.ts'
import { endedMeanwhile } from './operation-end.ts'
import { endOperation, readOperation } from './operations.ts'
import type { OperationEnd } from './record.ts'

/**
 * Ends an operation that holds its cluster's lock as succeeded, after `record`, if given, has noted with the cluster what it
 * has come to. Does nothing when it has done so before. Throws OperationEnded when somebody else has ended it.
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
  // Without the lock it is either the second run after a crash at the very end, or the operation was ended by somebody.
  const recorded = await readOperation(ref.operationId)
  if (recorded?.operation.status !== 'succeeded') throw endedMeanwhile(ref.cluster)
}
