/**
 * The waiting operations of a cluster. If another operation holds the lock, a new spec is still recorded at once, as
 * the next generation, with a waiting operation that has no execution. When the cluster is free, one operation applies
 * the newest spec for all waiting operations (start-next.ts). The waiting operations end with the status of that
 * operation.
 */

import { notApplied, tornDown } from '../reconcile/operation-end.ts'
import { where } from '../record/expression.ts'
import { endOperation } from '../record/operations.ts'
import { hasEnded, type OperationEnd, type OperationItem, type WaitingItem, waitingItem } from '../record/record.ts'
import { keys, queryItems, waitingPrefix } from '../record/table.ts'
import { conditionally, remove, update, type Write, write } from '../record/writes.ts'

/** The waiting operations of the cluster, oldest first. */
export async function listWaiting(cluster: string): Promise<WaitingItem[]> {
  const items = await queryItems(where`pk = ${keys.cluster(cluster).pk} AND begins_with(sk, ${waitingPrefix})`)
  return items.map((item) => waitingItem.parse(item))
}

/** Returns a waiting operation, or undefined when it no longer waits. The reconciler has no permission for GetItem. */
export async function readWaiting(cluster: string, operationId: string): Promise<WaitingItem | undefined> {
  const { pk, sk } = keys.waiting(cluster, operationId)
  const [item] = await queryItems(where`pk = ${pk} AND sk = ${sk}`)
  return item === undefined ? undefined : waitingItem.parse(item)
}

/**
 * The write that assigns a waiting operation to the operation `by`, which applies its spec. Its condition fails if the
 * operation no longer waits.
 */
export function appliedBy(cluster: string, operationId: string, by: string): Write {
  return update(keys.waiting(cluster, operationId), { set: { broughtAboutBy: by } }, where`attribute_exists(pk)`)
}

/** Sends {@link appliedBy}. Does nothing when the operation no longer waits. */
export async function recordAppliedBy(cluster: string, operationId: string, by: string): Promise<void> {
  await conditionally(appliedBy(cluster, operationId, by))
}

/** Ends a waiting operation with the status of the operation `by`, which was to apply its spec, once `by` has ended. */
export async function endWaiting(cluster: string, operationId: string, by: OperationItem): Promise<void> {
  const end = endLike(by, cluster)
  if (!end) return
  await endOperation({ operationId, cluster }, end)
  await forgetWaiting(cluster, operationId)
}

/** Ends a waiting operation because a teardown of its cluster began before its spec was applied. */
export async function endAsTornDown(cluster: string, operationId: string): Promise<void> {
  await endOperation({ operationId, cluster }, { status: 'failed', error: tornDown(cluster) })
  await forgetWaiting(cluster, operationId)
}

/** Returns undefined until the operation has ended. */
function endLike({ operationId, status, result }: OperationItem, cluster: string): OperationEnd | undefined {
  if (!hasEnded(status)) return undefined
  const broughtAboutBy = operationId
  if (status === 'succeeded') return { status, broughtAboutBy, ...(result && { result }) }
  return { status, broughtAboutBy, error: notApplied(operationId, cluster, status) }
}

export async function forgetWaiting(cluster: string, operationId: string): Promise<void> {
  await write(remove(keys.waiting(cluster, operationId)))
}
