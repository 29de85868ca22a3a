import { randomUUID } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { explained } from '../clouds/aws/errors.ts'
import { publish } from '../clouds/aws/publish.ts'
import { setting } from '../settings.ts'
import { endMessage } from './end-message.ts'
import type { OperationItem } from './record.ts'
import { conditionally, keys, table, tableCall } from './table.ts'

/**
 * Milliseconds. Longer than a function that sends a notification may run. When it was stopped before it recorded that it
 * has sent the notification, another run sends the notification again after this time.
 */
const claimMs = 3 * 60_000

/**
 * Sends the notification of the operation's end if one is owed and no other run is sending it. Gives back whether none
 * is owed any more.
 *
 * @throws {StepError} when a call fails; the notification is then still owed
 */
export async function notifyOfEnd(operation: OperationItem): Promise<boolean> {
  const { operationId, notifyAt } = operation
  const message = endMessage(operation)
  if (notifyAt === undefined || !message) return true
  if (Date.parse(notifyAt) > Date.now() || !(await claim(operationId, notifyAt))) return false
  await publish(setting('NOTIFICATION_TOPIC_ARN'), message)
  const sent = new UpdateCommand({ ...itemOf(operationId), UpdateExpression: 'REMOVE notifyAt, notifier' })
  await explained(tableCall('UpdateItem'), table.send(sent))
  return true
}

/**
 * Keeps other runs from sending the notification for a while. Gives back false when another run was first. The SDK sends the write
 * again when its answer was lost: it is then by this run.
 */
async function claim(operationId: string, notifyAt: string): Promise<boolean> {
  const command = new UpdateCommand({
    ...itemOf(operationId),
    UpdateExpression: 'SET notifyAt = :until, notifier = :run',
    ConditionExpression: 'notifyAt = :read OR notifier = :run',
    ExpressionAttributeValues: {
      ':until': new Date(Date.now() + claimMs).toISOString(),
      ':read': notifyAt,
      ':run': randomUUID(),
    },
  })
  return conditionally('UpdateItem', table.send(command))
}

function itemOf(operationId: string) {
  return { TableName: setting('TABLE_NAME'), Key: keys.operation(operationId) }
}
