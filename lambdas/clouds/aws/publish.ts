import { PublishCommand } from '@aws-sdk/client-sns'
import { sns } from './clients/sns.ts'
import { explained } from './errors.ts'

/**
 * Sends a message to the subscribers of a topic.
 *
 * @param topic its ARN
 * @throws {StepError} when the call fails
 */
export async function publish(
  topic: string,
  message: { readonly subject?: string; readonly text: string },
): Promise<void> {
  const command = new PublishCommand({ TopicArn: topic, Subject: message.subject, Message: message.text })
  await explained({ action: 'sns:Publish', resource: topic }, sns.send(command))
}
