import * as z from 'zod/mini'
import { hashOf } from '../record/hash.ts'
import type { Call } from './start-operation.ts'

/**
 * The event of a schedule, as infra/operation-schedule.ts writes it:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export const scheduleEvent = z.object({ scheduledTime: z.string(), schedule: z.string() })

type ScheduleEvent = z.output<typeof scheduleEvent>

/**
 * The call that starts an operation at a scheduled time. EventBridge Scheduler may invoke the function more than once
 * for the same time, and Lambda retries after a failure. The idempotency key ensures that each operation starts once.
 *
 * @param identity distinguishes the operation from the schedule's other operations: its kind, its cluster, its request
 */
export function callOf({ scheduledTime, schedule }: ScheduleEvent, identity: readonly unknown[]): Call {
  const requestHash = hashOf(identity)
  return { requestHash, requestedBy: schedule, idempotencyKey: `${scheduledTime} ${requestHash}` }
}
