import middy from '@middy/core'
import * as z from 'zod/mini'
import { publish } from '../../clouds/aws/publish.ts'
import { log } from '../../log.ts'
import { optionalSetting, setting } from '../../settings.ts'
import { chatMessage } from './chat-message.ts'

/** "Invoking Lambda functions with Amazon SNS": https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const event = z.object({
  Records: z.array(
    z.object({ Sns: z.object({ MessageId: z.string(), Subject: z.nullish(z.string()), Message: z.string() }) }),
  ),
})

/**
 * Formats each notification about an operation for the chat application, and publishes it to that application's topic.
 *
 * @throws {StepError} when a call fails; Lambda retries, so messages may be duplicated
 */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received) => {
  for (const { Sns } of event.parse(received).Records) {
    const message = { id: Sns.MessageId, subject: Sns.Subject ?? 'Workload identity', text: Sns.Message }
    const shown = chatMessage(message, optionalSetting('PORTAL_URL'))
    if (shown === undefined) continue
    await publish(setting('CHAT_TOPIC_ARN'), { text: JSON.stringify(shown) })
    log('info', 'notification sent to the chat', { messageId: message.id })
  }
})
