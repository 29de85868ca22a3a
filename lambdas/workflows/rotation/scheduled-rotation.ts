import middy from '@middy/core'
import { log } from '../../log.ts'
import { callOf, scheduleEvent } from '../../operations/start/schedule.ts'
import { startOperation } from '../../operations/start/start-operation.ts'
import { rotationOf } from './rotation.ts'

/** Starts one rotation for each time of the schedule. It skips a time at which another rotation is running. */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received) => {
  const event = scheduleEvent.parse(received)
  const request = { dryRun: false }
  const started = await startOperation(callOf(event, ['rotation', request]), async () => rotationOf(request))
  const operationId = 'operation' in started ? started.operation.operationId : started.operationId
  const message = started.outcome === 'rotation running' ? 'rotation skipped' : 'rotation started'
  log('info', message, { operationId, outcome: started.outcome, scheduledTime: event.scheduledTime })
})
