import middy from '@middy/core'
import * as z from 'zod/mini'
import { log } from '../../log.ts'
import { hashOf } from '../../operations/request-hash.ts'
import { startOperation } from '../../operations/start-operation.ts'
import { rotationOf } from './rotation.ts'

/**
 * The event, as infra/rotation-schedule.ts writes it:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
const event = z.object({ scheduledTime: z.string(), schedule: z.string() })

/**
 * Starts one rotation for each time of the schedule. EventBridge Scheduler may call more than once for the same time. A time
 * at which another rotation is running is skipped.
 */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received) => {
  const { scheduledTime, schedule } = event.parse(received)
  const request = { dryRun: false }
  const call = { requestHash: hashOf(['rotation', request]), requestedBy: schedule, idempotencyKey: scheduledTime }
  const started = await startOperation(call, async () => rotationOf(request))
  const operationId = 'operation' in started ? started.operation.operationId : started.operationId
  const message = started.outcome === 'rotation running' ? 'rotation skipped' : 'rotation started'
  log('info', message, { operationId, outcome: started.outcome, scheduledTime })
})
