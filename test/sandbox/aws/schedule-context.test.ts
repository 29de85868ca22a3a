import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { expect, test } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { bothForTests } from './support/both.ts'
import { query } from './support/query.ts'
import type { Server } from './support/users.ts'

const both = bothForTests()

const queueName = 'scheduled'

/** Creates a schedule that sends to a queue immediately. */
async function schedule(server: Server): Promise<void> {
  await query(server, 'sqs', { Action: 'CreateQueue', QueueName: queueName })
  const url = new URL('/schedules/soon', server.endpoint)
  const Input = JSON.stringify({ at: '<aws.scheduler.scheduled-time>', by: '<aws.scheduler.schedule-arn>' })
  const Arn = `arn:aws:sqs:${account.region}:${account.id}:${queueName}`
  const body = JSON.stringify({
    ScheduleExpression: `at(${new Date(Date.now() - 60_000).toISOString().slice(0, 19)})`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn, RoleArn: `arn:aws:iam::${account.id}:role/any`, Input },
  })
  const credentials = rootCredentials
  const signer = new SignatureV4({ service: 'scheduler', region: account.region, credentials, sha256: Sha256 })
  const request = { method: 'POST', protocol: 'http:', hostname: url.hostname, path: url.pathname }
  const { headers } = await signer.sign({ ...request, headers: { host: url.host }, body })
  const response = await fetch(url, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`the scheduler answered ${response.status} ${await response.text()}`)
}

/** Waits for the message, and returns it. */
async function sent(server: Server): Promise<string> {
  const QueueUrl = `${server.endpoint}/${account.id}/${queueName}`
  let text = ''
  await expect
    .poll(
      async () => {
        text = await query(server, 'sqs', { Action: 'ReceiveMessage', QueueUrl })
        return text
      },
      { timeout: 25_000, interval: 500 },
    )
    .toContain('<Body>')
  return text
}

test('the time and the ARN of the schedule replace the placeholders in the input of a target', async () => {
  await Promise.all([both.plain, both.patched].map(schedule))
  const [plain, patched] = await Promise.all([both.plain, both.patched].map(sent))
  expect(plain).toContain('aws.scheduler.scheduled-time')
  expect(patched).not.toContain('aws.scheduler.')
  expect(patched).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/)
  expect(patched).toContain(`arn:aws:scheduler:${account.region}:${account.id}:schedule/default/soon`)
})
