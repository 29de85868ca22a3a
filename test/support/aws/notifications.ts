import * as z from 'zod/mini'
import { json, query } from '../../sandbox/aws/support/query.ts'

const made = z.object({ QueueUrl: z.string() })
const received = z.object({
  Messages: z._default(z.array(z.object({ Body: z.string(), ReceiptHandle: z.string() })), []),
})

const queueArn = 'arn:aws:sqs:eu-west-1:000000000000:notifications'
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
  ],
})

type Aws = { readonly endpoint: string }

/** Collects the notifications of a topic from `open` on. */
export class Notifications {
  readonly #aws: Aws
  readonly #queue: string

  private constructor(aws: Aws, queue: string) {
    this.#aws = aws
    this.#queue = queue
  }

  static async open(aws: Aws, topicArn: string): Promise<Notifications> {
    const queue = { QueueName: 'notifications', Attributes: { Policy: policy } }
    const { QueueUrl } = made.parse(await json(aws, 'sqs', 'AmazonSQS.CreateQueue', queue))
    await query(aws, 'sns', {
      Action: 'Subscribe',
      Version: '2010-03-31',
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
    })
    return new Notifications(aws, QueueUrl)
  }

  /** Returns and removes the new notifications. */
  async take(): Promise<string[]> {
    const bodies: string[] = []
    for (;;) {
      const { Messages } = received.parse(await this.#call('ReceiveMessage', { MaxNumberOfMessages: 10 }))
      if (Messages.length === 0) return bodies
      for (const { Body, ReceiptHandle } of Messages) {
        bodies.push(Body)
        await this.#call('DeleteMessage', { ReceiptHandle })
      }
    }
  }

  #call(action: string, parameters: object) {
    return json(this.#aws, 'sqs', `AmazonSQS.${action}`, { QueueUrl: this.#queue, ...parameters })
  }
}
