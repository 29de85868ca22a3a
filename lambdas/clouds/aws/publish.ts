import { PublishCommand } from '@aws-sdk/client-sns'
import { sns } from './clients/sns.ts'
import { orStepError } from './errors.ts'

/** SNS accepts subjects of fewer than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxSubject = 99

interface Message {
  readonly subject?: string
  readonly text: string
  /** Subscribers can filter by attributes: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html */
  readonly attributes?: Readonly<Record<string, string>>
}

/**
 * Sends a message to the subscribers of a topic.
 *
 * @param topic the ARN of the topic
 * @param message a longer subject than SNS accepts is truncated
 * @throws {StepError} when the call fails
 */
export async function publish(topic: string, { subject, text, attributes = {} }: Message): Promise<void> {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  )
  const Subject = subject?.slice(0, maxSubject)
  const command = new PublishCommand({ TopicArn: topic, Subject, Message: text, MessageAttributes })
  await orStepError({ action: 'sns:Publish', resource: topic }, sns.send(command))
}
