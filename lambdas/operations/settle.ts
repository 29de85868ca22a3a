import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { explained } from '../clouds/aws/errors.ts'
import { setting } from '../settings.ts'
import { publishEnd } from './end-metrics.ts'
import { notifyOfEnd } from './end-notification.ts'
import { releaseWhenIdle } from './lock.ts'
import { reconcileOperation } from './reconcile.ts'
import { hasEnded, type OperationItem } from './record.ts'
import { copyChanged } from './record-copies.ts'
import { setExpiry } from './set-expiry.ts'
import { keys, table, tableCall } from './table.ts'

/** `ending`: its end is recorded, and something that follows from the end is left to do. */
export type Settled = 'under way' | 'ending' | 'settled'

/**
 * Brings all that follows from the end of an operation about: the record, the notification, the cluster's lock, the copy
 * of what it has changed in the record, when operations expire, and its metrics. An operation that is settled is no longer
 * open. Does nothing while the operation is under way.
 *
 * @throws {StepError} when a call fails; the operation is then still open
 */
export async function settle(operationId: string): Promise<Settled> {
  const recorded = await reconcileOperation(operationId)
  if (recorded && !hasEnded(recorded.operation.status)) return 'under way'
  if (recorded && !(await isCompleted(recorded.operation))) return 'ending'
  if (recorded) {
    await copyChanged(recorded)
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
