import { allDone, allDoneInBatches } from '../../errors/attempts.ts'
import { writesUntil } from '../lock/activity.ts'
import { releaseLock, releaseWhenIdle } from '../lock/lock.ts'
import { publishEnd } from '../notifications/end-metrics.ts'
import { notifyOfEnd } from '../notifications/end-notification.ts'
import { endOperation, type RecordedOperation } from '../record/operations.ts'
import { hasEnded } from '../record/record.ts'
import { copyChanged } from '../record/record-copies.ts'
import { setExpiry } from '../record/set-expiry.ts'
import { keys } from '../record/table.ts'
import { deleteIfExists } from '../record/writes.ts'
import { startRecorded } from '../start/start-recorded.ts'
import { startRepair } from '../start/start-repair.ts'
import { readExecution } from './executions.ts'
import { endOfFailedStart, isUnstarted } from './operation-end.ts'
import { reconcileOperation } from './reconcile.ts'
import { settleWaiting } from './settle-waiting.ts'

/** `ending`: the end of the operation is recorded, but some consequences of the end are pending. */
export type Settled = 'under way' | 'ending' | 'settled'

/**
 * Settles an operation. It reconciles the record, sends the notification, releases locks, and ends the waiting
 * operations whose spec the operation applied. It starts the next operation if others wait, and the repair after a
 * scheduled drift. It copies the changed records, sets the expiry, and publishes metrics. After that the operation is no
 * longer open.
 *
 * If the workflow of the operation was never started, starts the workflow. If that fails permanently, ends the
 * operation.
 *
 * @throws {StepError} when a call fails; the operation is then still open
 */
export async function settle(operationId: string): Promise<Settled> {
  const recorded = await reconcileOperation(operationId)
  if (recorded && !hasEnded(recorded.operation.status)) {
    return (await startIfUnstarted(recorded)) ? 'under way' : settle(operationId)
  }
  // The cluster does not wait for the notification. The operation stays open until the topic accepts it.
  if (recorded && (await allDone([notifyOfEnd(recorded.operation), handleConsequences(recorded)])).includes(false)) {
    return 'ending'
  }
  // Several runs may settle one operation. Only the run that deletes its item from the list publishes metrics.
  if ((await deleteIfExists(keys.open(operationId))) && recorded) publishEnd(recorded)
  return 'settled'
}

/** Handles the consequences of the end. Does none of this and returns false while a step may still write. */
async function handleConsequences(recorded: RecordedOperation): Promise<boolean> {
  const { operation } = recorded
  if (!(await releaseLocks(recorded))) return false
  await settleWaiting(operation)
  await startRepair(operation)
  if (!operation.waits) await copyChanged(recorded)
  await setExpiry(operation)
  return true
}

/** Releases the locks of clusters that the operation holds. Returns false while one of its steps may still write. */
async function releaseLocks({ operation, steps }: RecordedOperation): Promise<boolean> {
  const { operationId, cluster } = operation
  if (cluster !== undefined) return (await releaseWhenIdle(cluster, operationId)) === undefined
  const left = clustersLeft(steps)
  if (left.length > 0 && writesUntil(steps, new Date()) !== undefined) return false
  await allDoneInBatches(left, atOnce, (each) => releaseLock(each, operationId))
  return true
}

const atOnce = 20

/** The clusters whose lock no step of the rotation has released: their batch has failed, or a function was stopped. */
function clustersLeft(steps: RecordedOperation['steps']): readonly string[] {
  const released = steps.filter(({ state, status }) => state === 'ReleaseLock' && status === 'succeeded')
  const isReleased = new Set(released.map(({ item }) => item))
  return steps.flatMap(({ state, item }) => (state === 'AcquireLock' && !isReleased.has(item) ? (item ?? []) : []))
}

/**
 * Starts an operation whose execution was never started, from its record. Returns false when the start
 * fails permanently and this call has ended the operation. Does not end an operation that has an execution after all.
 */
async function startIfUnstarted(recorded: RecordedOperation): Promise<boolean> {
  if (!isUnstarted(recorded, new Date())) return true
  try {
    await startRecorded(recorded)
    return true
  } catch (error) {
    const end = endOfFailedStart(recorded.operation, error, new Date())
    if (!end || (await readExecution(recorded.operation)) !== 'absent') throw error
    return !(await endOperation(recorded.operation, end))
  }
}
