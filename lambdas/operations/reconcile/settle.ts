import { allDone, allDoneInBatches } from '../../errors/attempts.ts'
import { releaseLock, releaseWhenIdle } from '../lock/lock.ts'
import { writesUntil } from '../lock/under-way.ts'
import { publishEnd } from '../notifications/end-metrics.ts'
import { notifyOfEnd } from '../notifications/end-notification.ts'
import { endOperation, type RecordedOperation } from '../record/operations.ts'
import { hasEnded } from '../record/record.ts'
import { copyChanged } from '../record/record-copies.ts'
import { setExpiry } from '../record/set-expiry.ts'
import { keys } from '../record/table.ts'
import { take } from '../record/writes.ts'
import { startRecorded } from '../start/start-recorded.ts'
import { startRepair } from '../start/start-repair.ts'
import { readExecution } from './executions.ts'
import { endOfFailedStart, isUnstarted } from './operation-end.ts'
import { reconcileOperation } from './reconcile.ts'
import { settleWaiting } from './settle-waiting.ts'

/** `ending`: its end is recorded, and something that follows from the end is left to do. */
export type Settled = 'under way' | 'ending' | 'settled'

/**
 * Brings all that follows from the end of an operation about: the record, the notification, the cluster's lock, the end of the
 * operations that have waited for it, the next operation of its cluster, the repair of what it has found, the copy of what it has changed in the record, when
 * operations expire, and its metrics. An operation that is settled is no longer open. One that was not started is started, or ends
 * when that is refused for good.
 *
 * @throws {StepError} when a call fails; the operation is then still open
 */
export async function settle(operationId: string): Promise<Settled> {
  const recorded = await reconcileOperation(operationId)
  if (recorded && !hasEnded(recorded.operation.status)) {
    return (await goOn(recorded)) ? 'under way' : settle(operationId)
  }
  // Nothing else waits for the notification: while the topic takes none, the operation is open, and the cluster goes on.
  if (recorded && (await allDone([notifyOfEnd(recorded.operation), isFollowed(recorded)])).includes(false)) {
    return 'ending'
  }
  // Only the run that takes it from the list counts it: several may settle one operation.
  if ((await take(keys.open(operationId))) && recorded) publishEnd(recorded)
  return 'settled'
}

/** Brings about what follows from the end for others. False while a step of the operation may still write: nothing follows before. */
async function isFollowed(recorded: RecordedOperation): Promise<boolean> {
  const { operation } = recorded
  if (!(await areReleased(recorded))) return false
  await settleWaiting(operation)
  await startRepair(operation)
  if (!operation.waits) await copyChanged(recorded)
  await setExpiry(operation)
  return true
}

/** Releases what the operation holds. False while a step of it may still write. */
async function areReleased({ operation, steps }: RecordedOperation): Promise<boolean> {
  const { operationId, cluster } = operation
  if (cluster !== undefined) return (await releaseWhenIdle(cluster, operationId)) === undefined
  const left = clustersLeft(steps)
  if (left.length > 0 && writesUntil(steps, new Date()) !== undefined) return false
  await allDoneInBatches(left, atOnce, (each) => releaseLock(each, operationId))
  return true
}

/** How many locks are released at the same time. */
const atOnce = 20

/** Of a rotation, the clusters that no step of it has released: the execution of their batch has failed, or its function was stopped. */
function clustersLeft(steps: RecordedOperation['steps']): readonly string[] {
  const released = steps.filter(({ state, status }) => state === 'ReleaseLock' && status === 'succeeded')
  const isReleased = new Set(released.map(({ item }) => item))
  return steps.flatMap(({ state, item }) => (state === 'AcquireLock' && !isReleased.has(item) ? (item ?? []) : []))
}

/**
 * An operation whose execution was never started is started now: nothing that is recorded is lost. Gives back false when it has
 * ended, because its start is refused for good. An execution that was started all the same ends it itself.
 */
async function goOn(recorded: RecordedOperation): Promise<boolean> {
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
