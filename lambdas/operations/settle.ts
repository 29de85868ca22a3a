import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { explained } from '../clouds/aws/errors.ts'
import { setting } from '../settings.ts'
import { publishEnd } from './end-metrics.ts'
import { notifyOfEnd } from './end-notification.ts'
import { releaseWhenIdle } from './lock.ts'
import { isUnstarted } from './operation-end.ts'
import type { RecordedOperation } from './operations.ts'
import { reconcileOperation } from './reconcile.ts'
import { hasEnded, type OperationItem } from './record.ts'
import { copyChanged } from './record-copies.ts'
import { setExpiry } from './set-expiry.ts'
import { settleWaiting } from './settle-waiting.ts'
import { startRecorded } from './start-recorded.ts'
import { startRepair } from './start-repair.ts'
import { keys, table, tableCall } from './table.ts'

/** `ending`: its end is recorded, and something that follows from the end is left to do. */
export type Settled = 'under way' | 'ending' | 'settled'

/**
 * Brings all that follows from the end of an operation about: the record, the notification, the cluster's lock, the end of the
 * operations that have waited for it, the next operation of its cluster, the repair of what it has found, the copy of what it has changed in the record, when
 * operations expire, and its metrics. An operation that is settled is no longer open. Of one that is under way, it starts what
 * was not started.
 *
 * @throws {StepError} when a call fails; the operation is then still open
 */
export async function settle(operationId: string): Promise<Settled> {
  const recorded = await reconcileOperation(operationId)
  if (recorded && !hasEnded(recorded.operation.status)) {
    await goOn(recorded)
    return 'under way'
  }
  if (recorded && !(await isCompleted(recorded.operation))) return 'ending'
  if (recorded) {
    await settleWaiting(recorded.operation)
    await startRepair(recorded.operation)
    if (!recorded.operation.waits) await copyChanged(recorded)
    await setExpiry(recorded.operation)
  }
  // Only the run that takes it from the list counts it: several may settle one operation.
  if ((await isTakenFromList(operationId)) && recorded) publishEnd(recorded)
  return 'settled'
}

async function isTakenFromList(operationId: string): Promise<boolean> {
  const Key = keys.open(operationId)
  const command = new DeleteCommand({ TableName: setting('TABLE_NAME'), Key, ReturnValues: 'ALL_OLD' })
  const { Attributes, $metadata } = await explained(tableCall('DeleteItem'), table.send(command))
  // An earlier attempt of the SDK may have taken it, and its answer was lost.
  return Attributes !== undefined || ($metadata.attempts ?? 1) > 1
}

async function isCompleted(operation: OperationItem): Promise<boolean> {
  const { operationId, cluster } = operation
  const isReleased = cluster === undefined || (await releaseWhenIdle(cluster, operationId)) === undefined
  return (await notifyOfEnd(operation)) && isReleased
}

/** An operation whose execution was never started is started now: nothing that is recorded is lost. */
async function goOn(recorded: RecordedOperation): Promise<void> {
  if (isUnstarted(recorded, new Date())) await startRecorded(recorded)
}
