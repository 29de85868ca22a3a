import { allDoneInBatches } from '../../errors/attempts.ts'
import { endAsTornDown, endWaiting, forgetWaiting, listWaiting, readWaiting } from '../lock/waiting.ts'
import { readOperation } from '../record/operations.ts'
import type { OperationItem } from '../record/record.ts'
import { startNext } from './start-next.ts'

const atOnce = 20

/**
 * Handles the waiting operations of a cluster when `operation` has ended. Ends the waiting operations whose spec
 * `operation` applied. If others wait, starts one operation with the newest spec for all of them. For an operation that
 * itself waited, only deletes its waiting item.
 *
 * @throws {StepError} when a call fails; the next call does the rest
 */
export async function settleWaiting(operation: OperationItem): Promise<void> {
  const { operationId, cluster, waits } = operation
  if (cluster === undefined) return
  if (waits) return forgetWaiting(cluster, operationId)
  const waiting = await listWaiting(cluster)
  const ended = waiting.filter(({ broughtAboutBy }) => broughtAboutBy === operationId)
  await allDoneInBatches(ended, atOnce, (one) => endWaiting(cluster, one.operationId, operation))
  if (waiting.length > ended.length) await startNext(cluster)
}

/**
 * Continues a waiting operation, for example after a function was stopped. A rotation also needs this: it
 * holds the locks of clusters, but belongs to no cluster, so that `settleWaiting` does nothing for it.
 *
 * @param start starts the next operation of a cluster, for all waiting operations
 * @throws {StepError} when a call fails
 */
export async function resumeWaiting({ operationId, cluster }: OperationItem, start: typeof startNext): Promise<void> {
  if (cluster === undefined) return
  const waiting = await readWaiting(cluster, operationId)
  // A teardown has deleted the cluster's record, which included the waiting item.
  if (!waiting) return endAsTornDown(cluster, operationId)
  if (waiting.broughtAboutBy === undefined) return start(cluster)
  const by = await readOperation(waiting.broughtAboutBy)
  if (by) await endWaiting(cluster, operationId, by.operation)
}
