import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { handler } from '../../../../lambdas/operations/notifications/notify-chat.ts'
import { query } from '../../../sandbox/aws/support/query.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'
import { Notifications } from '../../../support/aws/notifications.ts'
import { setEnvironment } from '../../../support/environment.ts'

const aws = awsAccount()
let shown: Notifications

beforeAll(async () => {
  const made = await query(aws, 'sns', { Action: 'CreateTopic', Version: '2010-03-31', Name: 'shown' })
  const topicArn = /<TopicArn>(.*?)<\/TopicArn>/.exec(made)?.[1] ?? ''
  shown = await Notifications.open(aws, topicArn)
  return setEnvironment({ CHAT_TOPIC_ARN: topicArn, PORTAL_URL: '' })
})

/** As SNS calls a function. */
async function chatMessages(...messages: readonly object[]): Promise<unknown[]> {
  const Records = messages.map((message, index) => ({
    EventSource: 'aws:sns',
    Sns: {
      MessageId: `m${index}`,
      Subject: 'Workload identity: prod-eu: the setup has failed',
      Message: JSON.stringify(message),
    },
  }))
  await handler({ Records }, lambdaContext())
  const bodies = await shown.take()
  return bodies.map((body) => JSON.parse(z.object({ Message: z.string() }).parse(JSON.parse(body)).Message))
}

test('a notification about an operation goes to the topic that the channel shows', async () => {
  const error = { name: 'Unreachable', object: 'cluster prod-eu', reason: 'nobody answers', action: 'Send it again' }
  const messages = await chatMessages({ operationId: 'o', cluster: 'prod-eu', status: 'failed', error })
  expect(messages).toMatchObject([
    { source: 'custom', id: 'm0', content: { title: expect.stringContaining('failed') } },
  ])
})

test('a topic that refuses the message makes the call fail, so that Lambda calls again', async () => {
  const restore = setEnvironment({ CHAT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:000000000000:gone' })
  await expect(chatMessages({ operationId: 'o', status: 'cancelled' })).rejects.toThrow()
  restore()
})
