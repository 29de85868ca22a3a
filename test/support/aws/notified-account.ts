import { CreateBucketCommand, GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3'
import { afterAll, beforeAll } from 'vitest'
import * as z from 'zod/mini'
import { s3 } from '../../../lambdas/clouds/aws/clients/s3.ts'
import { query } from '../../sandbox/aws/support/query.ts'
import { apiAccount } from '../api/api.ts'
import { setEnvironment } from '../environment.ts'
import { Notifications } from './notifications.ts'

const copiesBucket = 'record-copies'

/** A message of the topic in the form that its subscribers get. */
const envelope = z.object({ Subject: z.string(), Message: z.string() })

/** The account of {@link apiAccount} with a topic for notifications. Call it at the top of a file. */
export function notifiedAccount() {
  const account = apiAccount()
  let restore: (() => void) | undefined
  let notifications: Notifications
  beforeAll(async () => {
    const made = await query(account.aws, 'sns', { Action: 'CreateTopic', Version: '2010-03-31', Name: 'ends' })
    const topicArn = /<TopicArn>(.*?)<\/TopicArn>/.exec(made)?.[1] ?? ''
    notifications = await Notifications.open(account.aws, topicArn)
    await s3.send(new CreateBucketCommand({ Bucket: copiesBucket }))
    restore = setEnvironment({
      RECORD_COPIES_BUCKET: copiesBucket,
      NOTIFICATION_TOPIC_ARN: topicArn,
      OPERATION_DAYS: JSON.stringify({ looks: 90, changes: 365 }),
    })
  })
  afterAll(() => restore?.())
  return {
    ...account,
    /** The copy of a cluster's record. Undefined when it does not exist. */
    async copyOf(cluster: string): Promise<unknown> {
      const command = new GetObjectCommand({ Bucket: copiesBucket, Key: `clusters/${cluster}.json` })
      const answer = await s3.send(command).catch((error: unknown) => {
        if (error instanceof NoSuchKey) return undefined
        throw error
      })
      return answer && JSON.parse((await answer.Body?.transformToString()) ?? '')
    },
    /** Subject and content of each message since the last call. */
    async taken(): Promise<{ subject: string; message: unknown }[]> {
      const bodies = await notifications.take()
      const messages = bodies.map((body) => envelope.parse(JSON.parse(body)))
      return messages.map(({ Subject, Message }) => ({ subject: Subject, message: JSON.parse(Message) }))
    },
  }
}
