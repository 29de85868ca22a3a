import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awsResponseTests, rejectForeignResponses } from '../../../../lambdas/clouds/aws/clients/aws-responses.ts'
import { clientConfig } from '../../../../lambdas/clouds/aws/clients/config.ts'
import { orStepError } from '../../../../lambdas/clouds/aws/errors.ts'
import { type ConnectProxy, startProxy } from '../../../../sandbox/network/proxy.ts'
import { setEnvironment } from '../../../support/environment.ts'
import { type RawServer, startRawServer } from '../../../support/network/raw-server.ts'

const call = { action: 'service:Action', resource: 'arn:aws:service:::object' }
const toTheEnd = 'connection: close'
let server: RawServer

beforeAll(async () => {
  server = await startRawServer()
})
afterAll(() => server.close())

/** One call with responses in XML, and one with responses in JSON. */
const calls = {
  sts: () => withClient(new STSClient(config()), (client) => client.send(new GetCallerIdentityCommand({}))),
  secrets: () =>
    withClient(new SecretsManagerClient(config()), (client) =>
      client.send(new GetSecretValueCommand({ SecretId: 'secret' })),
    ),
}

/** Calls that seem to succeed, or to find no object, when any response is accepted as theirs. */
const clientsOf = {
  dynamodb: () =>
    withClient(rejectForeignResponses(new DynamoDBClient(config()), awsResponseTests.json), (client) =>
      DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName: 'table', Key: { pk: 'a' } })),
    ),
  s3: () =>
    withClient(rejectForeignResponses(new S3Client(config()), awsResponseTests.s3), (client) =>
      client.send(new ListObjectsV2Command({ Bucket: 'bucket' })),
    ),
  sns: () =>
    withClient(rejectForeignResponses(new SNSClient(config()), awsResponseTests.query), (client) =>
      client.send(new PublishCommand({ Message: 'a' })),
    ),
  secrets: () =>
    withClient(rejectForeignResponses(new SecretsManagerClient(config()), awsResponseTests.json), (client) =>
      client.send(new GetSecretValueCommand({ SecretId: 'secret' })),
    ),
  stepFunctions: () =>
    withClient(rejectForeignResponses(new SFNClient(config()), awsResponseTests.json), (client) =>
      client.send(new DescribeExecutionCommand({ executionArn: 'arn' })),
    ),
}

describe.each(['dynamodb', 's3', 'sns', 'secrets', 'stepFunctions'] as const)('a response to %s that', (service) => {
  test.each([
    ['is foreign well-formed XML', 'content-type: text/html', '<html><p>planted-text</p></html>'],
    ['is foreign JSON', 'content-type: application/json', '{"error":"planted-text"}'],
    ['is empty', 'content-length: 0', ''],
  ])('%s is a failure: no object counts as absent, and no change as made', async (_, headers, body) => {
    server.answer(http(200, `${toTheEnd}\r\n${headers}`, body))
    await expect(clientsOf[service]()).rejects.toMatchObject({
      name: 'CloudUnavailable',
      transient: true,
      reason: 'the answer to service:Action was truncated or corrupted on its way from AWS (status 200)',
    })
  })
})

test.each([
  ['dynamodb', 'content-type: application/x-amz-json-1.0', '{}'],
  ['s3', 'x-amz-request-id: 1', '<ListBucketResult></ListBucketResult>'],
  ['sns', 'content-type: text/xml', '<PublishResponse><PublishResult/></PublishResponse>'],
  ['secrets', 'content-type: application/x-amz-json-1.1', '{}'],
  ['stepFunctions', 'content-type: application/x-amz-json-1.0', '{}'],
] as const)('an empty response of AWS to %s is accepted', async (service, headers, body) => {
  server.answer(http(200, `${toTheEnd}\r\n${headers}`, body))
  await expect(clientsOf[service]()).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } })
})

function config() {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  return { ...clientConfig, maxAttempts: 1, region: 'us-east-1', endpoint: server.url, credentials }
}

async function withClient<Client extends { destroy(): void }, Answer>(
  client: Client,
  send: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await orStepError(call, send(client))
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
const longer = 'content-length: 1000'
const chunked = 'transfer-encoding: chunked'

describe.each(['sts', 'secrets'] as const)('a response of AWS to %s that', (service) => {
  test.each([
    ['is cut at the end of its connection', http(200, toTheEnd, bodies[service])],
    ['is shorter than its length', http(200, longer, bodies[service])],
    ['ends within a chunk', http(200, chunked, `40\r\n${bodies[service]}`)],
    ['is a foreign page', http(200, toTheEnd, '<html><p>planted-text<br></html>')],
    ['redirects', http(302, 'content-length: 0\r\nlocation: http://planted-text/', '')],
    ['is a cut error', http(400, toTheEnd, service === 'sts' ? '<ErrorResponse><Error><Co' : '{"__type": "Inval')],
    ['is an error without a name', http(400, 'content-length: 0', '')],
    ['is a foreign refusal', http(403, toTheEnd, '<html><p>planted-text<br></html>')],
  ])('%s is a transient error, and its text is not repeated', async (_, bytes) => {
    server.answer(bytes)
    const failure = calls[service]()

    await expect(failure).rejects.toMatchObject({
      name: 'CloudUnavailable',
      transient: true,
      reason: expect.stringContaining('the answer to service:Action was truncated or corrupted'),
    })
    await failure.catch(({ message, stack, cause }) =>
      expect(`${message} ${stack} ${cause}`).not.toContain('planted-text'),
    )
  })

  test('is not HTTP counts as no response', async () => {
    server.answer('planted-text\r\n\r\n')

    await expect(calls[service]()).rejects.toMatchObject({
      name: 'Unreachable',
      reason: 'no answer from AWS to service:Action (HPE_INVALID_CONSTANT)',
    })
  })
})

test('a well-formed refusal of AWS stays a refusal', async () => {
  const body = '<ErrorResponse><Error><Code>ValidationError</Code><Message>no</Message></Error></ErrorResponse>'
  server.answer(http(400, toTheEnd, body))

  await expect(calls.sts()).rejects.toMatchObject({ name: 'InvalidObject', transient: false })
})

describe('behind a proxy of the environment', () => {
  let proxy: ConnectProxy
  let undo: (() => void) | undefined

  beforeAll(async () => {
    proxy = await startProxy()
    undo = setEnvironment({ HTTPS_PROXY: proxy.url })
  })
  afterAll(async () => {
    undo?.()
    await proxy.close()
  })

  test('AWS is called through it, and a refusal of the proxy counts as no response', async () => {
    const client = new SecretsManagerClient({ ...config(), endpoint: 'https://secretsmanager.example' })
    const sent = withClient(client, (aws) => aws.send(new GetSecretValueCommand({ SecretId: 'secret' })))
    await expect(sent).rejects.toMatchObject({
      name: 'Unreachable',
      reason: 'no answer from AWS to service:Action (ERR_PROXY_TUNNEL)',
    })
    expect(proxy.asked.get('secretsmanager.example:443')).toBe(1)
  })
})
