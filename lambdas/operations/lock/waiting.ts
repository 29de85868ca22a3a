/**
 * The operations of a cluster that wait. A write of a spec never waits for the operation that changes the cluster: it is
 * recorded as the next generation, with an operation that has no execution of its own. When the cluster is free, one
 * operation brings the newest spec about for all of them (start-next.ts), and they end as that one does.
 */

import { notBroughtAbout, tornDown } from '../reconcile/operation-end.ts'
import { where } from '../record/expression.ts'
import { endOperation } from '../record/operations.ts'
import { hasEnded, type OperationEnd, type OperationItem, type WaitingItem, waitingItem } from '../record/record.ts'
import { keys, queryItems, waitingPrefix } from '../record/table.ts'
import { conditionally, remove, update, type Write, write } from '../record/writes.ts'

/** The operations of the cluster that wait, oldest first. */
export async function listWaiting(cluster: string): Promise<WaitingItem[]> {
  const items = await queryItems(where`pk = ${keys.cluster(cluster).pk} AND begins_with(sk, ${waitingPrefix})`)
  return items.map((item) => waitingItem.parse(item))
}

/** What is recorded of an operation that waits; undefined when it waits no longer. By a query: the reconciler has no right to other reads. */
export async function readWaiting(cluster: string, operationId: string): Promise<WaitingItem | undefined> {
  const { pk, sk } = keys.waiting(cluster, operationId)
  const [item] = await queryItems(where`pk = ${pk} AND sk = ${sk}`)
  return item === undefined ? undefined : waitingItem.parse(item)
}

/** The write of which operation brings about what the waiting one has written. It fails when that waits no longer. */
export function broughtAbout(cluster: string, operationId: string, by: string): Write {
  return update(keys.waiting(cluster, operationId), { set: { broughtAboutBy: by } }, where`attribute_exists(pk)`)
}

/** Does {@link broughtAbout}. Does nothing when the operation waits no longer. */
export async function recordBroughtAbout(cluster: string, operationId: string, by: string): Promise<void> {
  await conditionally(broughtAbout(cluster, operationId, by))
}

/** Ends an operation that waits as the operation has ended that has brought about what it has written. */
export async function endWaiting(cluster: string, operationId: string, by: OperationItem): Promise<void> {
  const end = endLike(by, cluster)
  if (!end) return
  await endOperation({ operationId, cluster }, end)
  await forgetWaiting(cluster, operationId)
}

/** Ends an operation that waits because a teardown of its cluster has come before what it has written was brought about. */
export async function endAsTornDown(cluster: string, operationId: string): Promise<void> {
  await endOperation({ operationId, cluster }, { status: 'failed', error: tornDown(cluster) })
  await forgetWaiting(cluster, operationId)
}

/** Undefined while it is under way. */
function endLike({ operationId, status, result }: OperationItem, cluster: string): OperationEnd | undefined {
  if (!hasEnded(status)) return undefined
  const broughtAboutBy = operationId
  if (status === 'succeeded') return { status, broughtAboutBy, ...(result && { result }) }
  return { status, broughtAboutBy, error: notBroughtAbout(operationId, cluster, status) }
}

/** Takes an operation that has ended from those that wait. */
export async function forgetWaiting(cluster: string, operationId: string): Promise<void> {
  await write(remove(keys.waiting(cluster, operationId)))
}
