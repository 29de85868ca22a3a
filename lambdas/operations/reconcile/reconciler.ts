import middy from '@middy/core'
import * as z from 'zod/mini'
import { NotYetConsistent } from '../../errors/step-errors.ts'
import { log } from '../../log.ts'
import { settle } from './settle.ts'
import { settleOpen } from './settle-open.ts'

/**
 * "Step Functions Execution Status Change":
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const executionEnded = z.object({ detail: z.object({ name: z.string(), status: z.string() }) })

/**
 * For an event about an ended execution, settles its operation. For an event of the schedule, settles all open
 * operations. An end that the workflow has recorded takes precedence.
 *
 * @throws {NotYetConsistent} when Step Functions does not yet return the end that its event reports; Lambda retries
 * @throws {Error} when an open operation could not be settled; the log names each such operation
 */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received, context) => {
  const event = executionEnded.safeParse(received)
  return event.success ? settleEnded(event.data.detail) : settleOpen(() => context.getRemainingTimeInMillis())
})

async function settleEnded({ name: operationId, status }: { readonly name: string; readonly status: string }) {
  if ((await settle(operationId)) === 'under way') throw notKnownYet(operationId, status)
  log('info', 'execution ended', { operationId, status })
}

function notKnownYet(operationId: string, status: string): NotYetConsistent {
  return new NotYetConsistent({
    object: `execution ${operationId}`,
    reason: `its event reports ${status}, but Step Functions does not return this status yet`,
    action: 'Do nothing unless the error recurs: Lambda retries',
  })
}
