import { randomUUID } from 'node:crypto'
import { publish } from '../../clouds/aws/publish.ts'
import { setting } from '../../settings.ts'
import { where } from '../record/expression.ts'
import type { OperationItem } from '../record/record.ts'
import { keys } from '../record/table.ts'
import { conditionally, update, write } from '../record/writes.ts'
import { endMessage } from './end-message.ts'

/**
 * In milliseconds. It exceeds the timeout of the functions that send notifications. If a function is stopped before it
 * records that it has sent the notification, another run sends the notification again after this time.
 */
const claimMs = 3 * 60_000

/**
 * Sends the notification of the operation's end if it is pending and no other run is sending it. Returns whether no
 * notification is pending any more.
 *
 * @throws {StepError} when a call fails; the notification is then still pending
 */
export async function notifyOfEnd(operation: OperationItem): Promise<boolean> {
  const { operationId, notifyAt } = operation
  const message = endMessage(operation)
  if (notifyAt === undefined || !message) return true
  if (Date.parse(notifyAt) > Date.now() || !(await claim(operationId, notifyAt))) return false
  await publish(setting('NOTIFICATION_TOPIC_ARN'), message)
  await write(update(keys.operation(operationId), { remove: ['notifyAt', 'notifier'] }))
  return true
}

/**
 * Prevents other runs from sending the notification for a while. Returns false when another run was first. The SDK
 * repeats a write whose response was lost, so the condition also accepts a claim by this run.
 */
async function claim(operationId: string, notifyAt: string): Promise<boolean> {
  const run = randomUUID()
  const set = { notifyAt: new Date(Date.now() + claimMs).toISOString(), notifier: run }
  const condition = where`notifyAt = ${notifyAt} OR notifier = ${run}`
  return conditionally(update(keys.operation(operationId), { set }, condition))
}
