import { endedMeanwhile } from '../reconcile/operation-end.ts'
import { endHolding, readOperationItem } from '../record/operations.ts'
import type { OperationEnd } from '../record/record.ts'
import type { Write } from '../record/writes.ts'

/**
 * Ends the operation as succeeded if it holds its cluster's lock, and sends `writes` in the same transaction. Does
 * nothing when the operation has already succeeded.
 *
 * @throws {OperationEnded} when something else has ended the operation
 */
export async function completeIfHeld(
  ref: { readonly operationId: string; readonly cluster: string },
  writes: readonly Write[] = [],
  result?: OperationEnd['result'],
): Promise<void> {
  if (await endHolding(ref, { status: 'succeeded', ...(result && { result }) }, writes)) return
  // Either this is a retry after a crash at the very end, or something else has ended the operation.
  const recorded = await readOperationItem(ref.operationId)
  if (recorded?.status !== 'succeeded') throw endedMeanwhile(ref.cluster, recorded?.status)
}
