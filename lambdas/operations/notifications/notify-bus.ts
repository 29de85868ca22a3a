import middy from '@middy/core'
import * as z from 'zod/mini'
import { putEvent } from '../../clouds/aws/put-event.ts'
import { log } from '../../log.ts'
import { setting } from '../../settings.ts'
import { eventDetailType, eventSource } from './event-source.ts'

/** The event of an SQS trigger, see "Example event": https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const event = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) })

/**
 * Puts each message of the notification queue on the event bus.
 *
 * @throws {StepError} when the bus rejects a message; the messages then stay in the queue, so events may be duplicated
 */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received) => {
  for (const { messageId, body } of event.parse(received).Records) {
    await putEvent(setting('EVENT_BUS'), { source: eventSource, detailType: eventDetailType, detail: body })
    log('info', 'notification put on the event bus', { messageId })
  }
})
