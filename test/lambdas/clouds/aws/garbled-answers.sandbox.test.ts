import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientConfig } from '../../../../lambdas/clouds/aws/clients/config.ts'
import { explained } from '../../../../lambdas/clouds/aws/errors.ts'
import { type RawServer, startRawServer } from '../../../support/raw-server.ts'

const call = { action: 'service:Action', resource: 'arn:aws:service:::object' }
let server: RawServer

beforeAll(async () => {
  server = await startRawServer()
})
afterAll(() => server.close())

/** One call with answers in XML, and one with answers in JSON. */
const calls = {
  sts: () => withClient(new STSClient(config()), (client) => client.send(new GetCallerIdentityCommand({}))),
  secrets: () =>
    withClient(new SecretsManagerClient(config()), (client) =>
      client.send(new GetSecretValueCommand({ SecretId: 'secret' })),
    ),
}

function config() {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  return { ...clientConfig, maxAttempts: 1, region: 'us-east-1', endpoint: server.url, credentials }
}

async function withClient<Client extends { destroy(): void }, Answer>(
  client: Client,
  send: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await explained(call, send(client))
  } finally {
    client.destroy()
  }
}

function http(status: number, headers: string, body: string): string {
  return `HTTP/1.1 ${status} Status\r\n${headers}\r\n\r\n${body}`
}

const bodies = {
  sts: '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>planted-text',
  secrets: '{"SecretString": "planted-text',
}
const toTheEnd = 'connection: close'
const longer = 'content-length: 1000'
const chunked = 'transfer-encoding: chunked'

describe.each(['sts', 'secrets'] as const)('an answer of AWS to %s that', (service) => {
  test.each([
    ['is cut at the end of its connection', http(200, toTheEnd, bodies[service])],
    ['is shorter than its length', http(200, longer, bodies[service])],
    ['ends within a chunk', http(200, chunked, `40\r\n${bodies[service]}`)],
    ['is a page of somebody else', http(200, toTheEnd, '<html><p>planted-text<br></html>')],
    ['redirects', http(302, 'content-length: 0\r\nlocation: http://planted-text/', '')],
    ['is a cut error', http(400, toTheEnd, service === 'sts' ? '<ErrorResponse><Error><Co' : '{"__type": "Inval')],
    ['is an error without a name', http(400, 'content-length: 0', '')],
    ['is a refusal of somebody else', http(403, toTheEnd, '<html><p>planted-text<br></html>')],
  ])('%s may come whole the next time, and is not repeated', async (_, bytes) => {
    server.answer(bytes)
    const failure = calls[service]()

    await expect(failure).rejects.toMatchObject({
      name: 'CloudUnavailable',
      transient: true,
      reason: expect.stringContaining('the answer to service:Action was cut or garbled'),
    })
    await failure.catch(({ message, stack, cause }) =>
      expect(`${message} ${stack} ${cause}`).not.toContain('planted-text'),
    )
  })

  test('is not HTTP counts as no answer', async () => {
    server.answer('planted-text\r\n\r\n')

    await expect(calls[service]()).rejects.toMatchObject({
      name: 'Unreachable',
      reason: 'no answer from AWS to service:Action (HPE_INVALID_CONSTANT)',
    })
  })
})

test('a refusal in the words of AWS stays a refusal', async () => {
  const body = '<ErrorResponse><Error><Code>ValidationError</Code><Message>no</Message></Error></ErrorResponse>'
  server.answer(http(400, toTheEnd, body))

  await expect(calls.sts()).rejects.toMatchObject({ name: 'InvalidObject', transient: false })
})
