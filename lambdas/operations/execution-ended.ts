import middy from '@middy/core'
import * as z from 'zod/mini'
import { NotYetConsistent } from '../errors/step-errors.ts'
import { log } from '../log.ts'
import { settle } from './settle.ts'

/**
 * "Step Functions Execution Status Change":
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const event = z.object({ detail: z.object({ name: z.string(), status: z.string() }) })

/**
 * Records how an execution has ended when its workflow could not record that: the execution was stopped, timed out, or
 * failed outside every Catch. Then it also sends the notification that the workflow could not send. What the workflow
 * has recorded stays.
 *
 * @throws {NotYetConsistent} when Step Functions does not report the end yet that its event reports; Lambda retries
 */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received) => {
  const { name: operationId, status } = event.parse(received).detail
  if ((await settle(operationId)) === 'under way') throw notKnownYet(operationId, status)
  log('info', 'execution ended', { operationId, status })
})

function notKnownYet(operationId: string, status: string): NotYetConsistent {
  return new NotYetConsistent({
    object: `execution ${operationId}`,
    reason: `its event says ${status}, and Step Functions does not say so yet`,
    action: 'Nothing to do if it passes: Lambda calls again',
  })
}
