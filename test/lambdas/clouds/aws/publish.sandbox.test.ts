import { expect, test } from 'vitest'
import * as z from 'zod'
import { publish } from '../../../../lambdas/clouds/aws/publish.ts'
import { query } from '../../../sandbox/aws/support/query.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'
import { Notifications } from '../../../support/aws/notifications.ts'

const aws = awsAccount()
const envelope = z.object({ Subject: z.string(), Message: z.string() })

test('a subject is cut to fewer than 100 characters, the limit of SNS, and a shorter one is not cut', async () => {
  const made = await query(aws, 'sns', { Action: 'CreateTopic', Version: '2010-03-31', Name: 'any' })
  const topic = /<TopicArn>(.*?)<\/TopicArn>/.exec(made)?.[1] ?? ''
  const notifications = await Notifications.open(aws, topic)
  await publish(topic, { subject: 's'.repeat(100), text: 'long' })
  await publish(topic, { subject: 's'.repeat(99), text: 'short' })
  const received = (await notifications.take()).map((body) => envelope.parse(JSON.parse(body)))
  expect(received.map(({ Subject }) => Subject)).toEqual(['s'.repeat(99), 's'.repeat(99)])
})
