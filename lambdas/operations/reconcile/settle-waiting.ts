import { allDoneInBatches } from '../../errors/attempts.ts'
import { endAsTornDown, endWaiting, forgetWaiting, listWaiting, readWaiting } from '../lock/waiting.ts'
import { readOperation } from '../record/operations.ts'
import type { OperationItem } from '../record/record.ts'
import { startNext } from './start-next.ts'

/** How many operations are ended at the same time. */
const atOnce = 20

/**
 * What follows from the end of an operation for those that wait: they end, if it has brought about what they have written, and
 * the next operation starts for the others.
 *
 * @throws {StepError} when a call fails; the next call does what is left
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
 * Brings an operation that waits further: it may have been left by a function that was stopped, or the cluster may have become
 * free without the end of an operation of its own, such as a rotation of all clusters.
 *
 * @param start starts the next operation of a cluster, for all that wait
 * @throws {StepError} when a call fails
 */
export async function goOnWaiting({ operationId, cluster }: OperationItem, start: typeof startNext): Promise<void> {
  if (cluster === undefined) return
  const waiting = await readWaiting(cluster, operationId)
  // A teardown has deleted the record of the cluster, and this in it.
  if (!waiting) return endAsTornDown(cluster, operationId)
  if (waiting.broughtAboutBy === undefined) return start(cluster)
  const by = await readOperation(waiting.broughtAboutBy)
  if (by) await endWaiting(cluster, operationId, by.operation)
}
