import { endedMeanwhile } from '../reconcile/operation-end.ts'
import { endHolding, readOperationItem } from '../record/operations.ts'
import type { OperationEnd } from '../record/record.ts'
import type { Write } from '../record/writes.ts'

/**
 * Ends the operation as succeeded when it holds its cluster's lock, and writes in the same transaction what it has come
 * to. Does nothing when the operation has already succeeded.
 *
 * @throws {OperationEnded} when somebody else has ended the operation
 */
export async function completeIfHeld(
  ref: { readonly operationId: string; readonly cluster: string },
  writes: readonly Write[] = [],
  result?: OperationEnd['result'],
): Promise<void> {
  if (await endHolding(ref, { status: 'succeeded', ...(result && { result }) }, writes)) return
  // This is a second run after a crash at the very end, or somebody else has ended the operation.
  const recorded = await readOperationItem(ref.operationId)
  if (recorded?.status !== 'succeeded') throw endedMeanwhile(ref.cluster, recorded?.status)
}
