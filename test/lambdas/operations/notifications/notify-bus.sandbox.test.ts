import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { handler } from '../../../../lambdas/operations/notifications/notify-bus.ts'
import { json } from '../../../sandbox/aws/support/query.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'
import { setEnvironment } from '../../../support/environment.ts'

const aws = awsAccount()
const queueArn = 'arn:aws:sqs:eu-west-1:000000000000:events'
const received = z.object({ Messages: z._default(z.array(z.object({ Body: z.string() })), []) })
let queue: string

beforeAll(async () => {
  const made = await json(aws, 'sqs', 'AmazonSQS.CreateQueue', { QueueName: 'events' })
  queue = z.object({ QueueUrl: z.string() }).parse(made).QueueUrl
  await json(aws, 'events', 'AWSEvents.CreateEventBus', { Name: 'platform' })
  const rule = { EventBusName: 'platform', Name: 'all', EventPattern: '{"source":["workload-identity"]}' }
  await json(aws, 'events', 'AWSEvents.PutRule', rule)
  const targets = { EventBusName: 'platform', Rule: 'all', Targets: [{ Id: 'queue', Arn: queueArn }] }
  await json(aws, 'events', 'AWSEvents.PutTargets', targets)
  return setEnvironment({ EVENT_BUS: 'platform' })
})

/** As Lambda calls a function with messages of a queue. */
function notify(...messages: readonly string[]): Promise<void> {
  const Records = messages.map((body, index) => ({ eventSource: 'aws:sqs', messageId: `m${index}`, body }))
  return handler({ Records }, lambdaContext())
}

test('a notification becomes an event on the bus, with the message as its detail', async () => {
  await notify(JSON.stringify({ operationId: 'o', cluster: 'prod-eu', status: 'failed' }))
  const { Messages } = received.parse(await json(aws, 'sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: queue }))
  expect(Messages.map(({ Body }) => JSON.parse(Body))).toMatchObject([
    {
      source: 'workload-identity',
      'detail-type': 'Notification',
      detail: { operationId: 'o', cluster: 'prod-eu', status: 'failed' },
    },
  ])
})

test('a bus that does not exist makes the call fail, so that the message stays in the queue', async () => {
  const restore = setEnvironment({ EVENT_BUS: 'gone' })
  await expect(notify('{}')).rejects.toThrow('event bus gone: AWS refused the input of events:DescribeEventBus')
  restore()
})

test.each(['DescribeEventBus', 'PutEvents'])('a refusal of %s makes the call fail', async (action) => {
  await aws.faults.add({ kind: 'refuse', operation: `events:${action}`, times: 1 })
  await expect(notify('{}')).rejects.toThrow(`AWS refused events:${action}`)
  await aws.faults.clear()
})
