import { generateKeyPairSync } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { JWT } from 'google-auth-library'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectToBucket } from '../../../../lambdas/clouds/google/bucket-client.ts'
import { tokenErrorOf } from '../../../../lambdas/clouds/google/token-errors.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'
import { type Internet, startInternet } from '../../../support/network/internet.ts'

const secret = 'workload-identity/google-credentials'
const account = {
  email: 'a@p.iam.gserviceaccount.com',
  key: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey,
}
const json = { 'content-type': 'application/json' }
let internet: Internet
let token: RequestListener
/** The listeners by the name of the bucket. */
const storage = new Map<string, RequestListener>()

awsAccount()
beforeAll(async () => {
  internet = await startInternet()
  await internet.host('oauth2.googleapis.com', (request, response) => token(request, response))
  await internet.host('storage.googleapis.com', (request, response) => {
    const [, name = ''] = /\/b\/([^/?]+)/.exec(request.url ?? '') ?? []
    storage.get(name)?.(request, response)
  })
  const key = { type: 'service_account', client_email: account.email, private_key: account.key }
  const secrets = new SecretsManagerClient()
  await secrets.send(new CreateSecretCommand({ Name: secret, SecretString: JSON.stringify(key) }))
  secrets.destroy()
})
afterAll(() => internet.end())
beforeEach(() => {
  token = (_, response) => response.writeHead(200, json).end('{"access_token":"token","expires_in":3600}')
})

const connect = (name = 'discovery') => connectToBucket({ name, projectId: 'project', credentialsSecret: secret })

/** Sends the start of a body, after a head with these headers. */
function body(text: string, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(200, { ...json, connection: 'close', ...headers }).write(text)
    response.socket?.end()
  }
}

const cuts: readonly (readonly [string, RequestListener])[] = [
  ['is cut at the end of its connection', body('{"planted-text', { 'transfer-encoding': 'identity' })],
  ['ends within its chunks', body('{"planted-text')],
  ['is shorter than its length', body('{"planted-text', { 'content-length': '1000' })],
  ['does not have its announced compression', body('planted-text', { 'content-encoding': 'gzip' })],
  ['is a foreign page', (_, response) => response.end('<html>planted-text</html>')],
  ['is a 404 of a proxy', (_, response) => response.writeHead(404).end('<html>planted-text</html>')],
]

async function expectTransient(promise: Promise<unknown>): Promise<void> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown).toMatchObject({ transient: true, name: expect.stringMatching(/^(CloudUnavailable|Unreachable)$/) })
  expect(String(thrown)).not.toContain('planted-text')
}

/** Concurrent, because the library retries for two seconds. */
describe.concurrent('a response of Cloud Storage that', () => {
  test.each(cuts)('%s is a transient error', async (name, answer) => {
    const bucketName = `discovery-${cuts.findIndex(([other]) => other === name)}`
    storage.set(bucketName, answer)
    const bucket = await connect(bucketName)
    await Promise.all([expectTransient(bucket.read()), expectTransient(bucket.readPolicy())])
  })

  test('does not arrive times out before the function does', { timeout: 60_000 }, async () => {
    storage.set('silent', () => {})
    const bucket = await connect('silent')
    const calls = [bucket.read(), bucket.readPolicy(), bucket.create({ location: 'EU', labels: {} }), bucket.objects(1)]
    await Promise.all(
      calls.map((call) => expect(call).rejects.toThrow('https://storage.googleapis.com: no answer within')),
    )
  })
})

describe('a response of the token endpoint that', () => {
  test.each(cuts)('%s is a transient error, and not one of the credentials', async (_, answer) => {
    token = answer
    await expectTransient(connect())
  })

  test('does not arrive in time is no error of the credentials', async () => {
    token = () => {}
    const impatient = new JWT({ ...account, scopes: ['any'], transporterOptions: { timeout: 100 } })
    const thrown: unknown = await impatient.getAccessToken().catch((error: unknown) => error)
    expect(tokenErrorOf(thrown, secret)).toMatchObject({ name: 'Unreachable', reason: 'no answer (TimeoutError)' })
  })
})
