import { createHash } from 'node:crypto'
import { request as send } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { Sha256 } from '@aws-crypto/sha256-js'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  ListUsersCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, memberAccount, rootCredentials, rootCredentialsOf } from '../../../sandbox/account.ts'
import { type Fixture, startFixture } from './support/fixture.ts'
import { invoke } from './support/invoke.ts'

let fixture: Fixture
let own: string
const connection = () => ({ endpoint: fixture.aws.endpoint, region: account.region, maxAttempts: 1 })

beforeAll(async () => {
  fixture = await startFixture()
  own = new URL(fixture.aws.endpoint).host
})
afterAll(() => fixture?.close())

interface Message {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Sends any request that a browser or a program could send, with its own Host and Origin. */
function sent({ method, path, headers, body }: Message): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(fixture.aws.endpoint)
    const call = send({ host: hostname, port, method, path, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: await readText(response) })
    })
    call.on('error', reject)
    call.end(body)
  })
}

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const signer = (service: string, credentials: Credentials) =>
  new SignatureV4({ service, region: account.region, credentials, sha256: Sha256 })

async function signed(service: string, message: Message, credentials: Credentials): Promise<Message> {
  const { headers } = await signer(service, credentials).sign({
    ...message,
    protocol: 'http:',
    hostname: '127.0.0.1',
    headers: { host: own, ...message.headers },
  })
  return { ...message, headers }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const createUser = (name: string): Message => ({
  method: 'POST',
  path: '/',
  headers: form,
  body: `Action=CreateUser&Version=2010-05-08&UserName=${name}`,
})
const plainly = (message: Message): Message => ({ ...message, headers: { host: own, ...message.headers } })

async function users(): Promise<(string | undefined)[]> {
  const { Users = [] } = await new IAMClient({ ...connection(), credentials: rootCredentials }).send(
    new ListUsersCommand({}),
  )
  return Users.map(({ UserName }) => UserName)
}

describe('without a valid signature', () => {
  test('a web page cannot create a function, or invoke an existing one', async () => {
    const role = `arn:aws:iam::${account.id}:role/any`
    const definition = { FunctionName: 'planted', Runtime: 'nodejs24.x', Role: role, Handler: 'index.handler' }
    for (const [path, body] of [
      ['/2015-03-31/functions', JSON.stringify({ ...definition, Code: { ZipFile: '' } })],
      ['/2015-03-31/functions/tricks/invocations', '{}'],
    ] as const) {
      // Browsers send such a request without a preflight. Browsers without Fetch Metadata send only Origin.
      for (const more of [{}, { origin: 'null' }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }]) {
        const headers = { 'content-type': 'text/plain', ...more }
        expect(await sent(plainly({ method: 'POST', path, headers, body }))).toMatchObject({ status: 403 })
      }
    }
    const planted = await sent(
      await signed('lambda', { method: 'GET', path: '/2015-03-31/functions/planted', headers: {} }, rootCredentials),
    )
    expect(planted.status).toBe(404)
  })

  test.each([
    ["MiniStack's own root key", { accessKeyId: 'test', secretAccessKey: 'test' }],
    ['the number of the account as a key', { accessKeyId: account.id, secretAccessKey: 'test' }],
    ['the number of another account as a key', { accessKeyId: memberAccount.id, secretAccessKey: 'test' }],
    ["the root user's key with another secret", { ...rootCredentials, secretAccessKey: 'test' }],
    ['an unknown key', { accessKeyId: 'AKIAABSENTABSENTABSE', secretAccessKey: 'x' }],
  ])('%s is refused', async (_, credentials) => {
    const answer = await sent(await signed('iam', createUser('mallory'), credentials))
    expect(answer.status).toBe(403)
    expect(answer.text).toMatch(/<Code>(InvalidClientTokenId|SignatureDoesNotMatch)<\/Code>/)
    expect(await users()).not.toContain('mallory')
  })

  test("the credentials of a function's session cannot be derived from the function's name", async () => {
    const { payload } = await invoke(fixture.aws, { trick: 'call', service: 'sts', form: 'Action=GetCallerIdentity' })
    const [, role] = /assumed-role\/([^/]+)\/tricks/.exec(JSON.stringify(payload)) ?? []
    const functionArn = `arn:aws:lambda:${account.region}:${account.id}:function:tricks`
    const digest = createHash('sha256').update(`${functionArn}:arn:aws:iam::${account.id}:role/${role}`).digest('hex')
    const derived = (what: string) => createHash('sha256').update(`${what}:${digest}`).digest('hex')
    const credentials = {
      accessKeyId: `ASIA${digest.slice(0, 16).toUpperCase()}`,
      secretAccessKey: derived('secret'),
      sessionToken: derived('token'),
    }
    const sts = new STSClient({ ...connection(), credentials })
    expect(role).toBeDefined()
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
  })

  test('an access key ID without its signature is refused', async () => {
    const scope = `${rootCredentials.accessKeyId}/20260101/${account.region}/iam/aws4_request`
    for (const [path, authorization] of [
      ['/', `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`],
      ['/', `AWS4-HMAC-SHA256 Credential=${scope}`],
      ['/', `AWS ${rootCredentials.accessKeyId}:00`],
      [`/?X-Amz-Credential=${encodeURIComponent(scope)}`, undefined],
      [`/?AWSAccessKeyId=${rootCredentials.accessKeyId}&Signature=00&Expires=9999999999`, undefined],
    ] as const) {
      const headers = { ...form, ...(authorization !== undefined && { authorization }) }
      const answer = await sent(plainly({ ...createUser('mallory'), path, headers }))
      expect(answer.status, path + authorization).toBeGreaterThanOrEqual(400)
    }
    expect(await users()).not.toContain('mallory')
  })

  test("another account's root user, with the sandbox's secret, creates users only in that account", async () => {
    const answer = await sent(await signed('iam', createUser('there'), rootCredentialsOf(memberAccount.id)))
    expect(answer.text).toContain(`arn:aws:iam::${memberAccount.id}:user/there`)
    expect(await users()).not.toContain('there')
  })

  test('a signature is valid only for its own body', async () => {
    const message = await signed('iam', createUser('eve'), rootCredentials)
    const answer = await sent({ ...message, body: message.body?.replace('eve', 'mallory') ?? '' })
    expect(answer.status).toBe(403)
    expect(await users()).not.toContain('mallory')
  })

  test('AssumeRoleWithWebIdentity is the only call that is accepted unsigned', async () => {
    const body =
      'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::000000000000:role/a&RoleSessionName=b&WebIdentityToken=c'
    const taken: Message = { method: 'POST', path: '/', headers: { host: own, ...form }, body }
    expect((await sent(taken)).text).toContain('<Code>InvalidIdentityToken</Code>')
    for (const [what, change] of [
      ['a page', { headers: { ...taken.headers, origin: 'https://attacker.example' } }],
      ['a name that is not its own', { headers: { ...taken.headers, host: 'attacker.example' } }],
      ['a bucket', { headers: { ...taken.headers, host: `bucket.s3.localhost:${own.split(':')[1]}` } }],
      ['a path', { path: '/bucket/object' }],
      ['another action', { body: body.replace('AssumeRoleWithWebIdentity', 'GetCallerIdentity') }],
    ] as const) {
      const answer = await sent({ ...taken, ...change })
      expect({ what, status: answer.status }).toEqual({ what, status: 403 })
    }
  })

  test('the response of a custom resource is accepted unsigned, with the token in its path', async () => {
    const path = `/_ministack/cfn-response/${crypto.randomUUID()}`
    const answer = plainly({ method: 'PUT', path, headers: {}, body: '{"Status":"SUCCESS"}' })
    expect((await sent(answer)).status).toBe(200)
    for (const change of [
      { method: 'POST' },
      { path: '/_ministack/cfn-response/' },
      { path: `${path}/../../reset` },
      { headers: { ...answer.headers, origin: 'https://attacker.example' } },
    ]) {
      expect((await sent({ ...answer, ...change })).status).toBe(403)
    }
  })

  test.each([
    ['POST', '/_ministack/reset'],
    ['POST', '/_ministack/config'],
    ['GET', '/_ministack/lambda-code/tricks'],
    ['POST', '/_sandbox/faults'],
    ['GET', '/_sandbox/calls'],
    ['GET', '/_aws/sqs/messages'],
  ])('%s %s is only for the root user', async (method, path) => {
    const message = plainly({ method, path, headers: {}, ...(method === 'POST' && { body: '{}' }) })
    const user = await newUser()
    for (const tried of [message, await signed('sandbox', message, user)]) {
      expect((await sent(tried)).status).toBe(403)
    }
  })
})

/** An IAM user with an access key. */
async function newUser(): Promise<Credentials> {
  const iam = new IAMClient({ ...connection(), credentials: rootCredentials })
  const UserName = `user-${Math.random()}`
  await iam.send(new CreateUserCommand({ UserName }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

describe('with a valid signature', () => {
  test.each([
    ['the Origin of another site', { origin: 'https://attacker.example' }],
    ['the Origin of this port', { origin: 'own' }],
    ['a foreign Host that resolves to this machine', { host: 'attacker.example' }],
    ['the Sec-Fetch-Site of a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['the Sec-Fetch-Site of a page of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('a request with %s is refused', async (_, more: Record<string, string>) => {
    const headers = { ...form, ...more, ...(more.origin === 'own' && { origin: `http://${own}` }) }
    const answer = await sent(await signed('iam', { ...createUser('mallory'), headers }, rootCredentials))
    expect(answer.status).toBe(403)
    expect(await users()).not.toContain('mallory')
  })

  test('a page gets no CORS headers, and its preflight is refused', async () => {
    const preflight = { origin: 'https://attacker.example', 'access-control-request-method': 'POST' }
    const preflighted = await sent(plainly({ method: 'OPTIONS', path: '/', headers: preflight }))
    const answered = await sent(await signed('iam', createUser('carol'), rootCredentials))
    expect([preflighted.status, answered.status]).toEqual([403, 200])
    for (const { headers } of [preflighted, answered]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  test('a request of a session is accepted only with the session token that STS issued', async () => {
    const user = await newUser()
    const session = await assumed()
    const who = (credentials: Credentials) =>
      new STSClient({ ...connection(), credentials }).send(new GetCallerIdentityCommand({}))
    expect((await who(user)).Arn).toContain(':user/')
    expect((await who(session)).Arn).toContain(':assumed-role/')
    await expect(who({ ...session, sessionToken: 'another' })).rejects.toThrow()
    await expect(who({ ...session, secretAccessKey: 'another' })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    })
  })
})

/** A session of a new role, which the account may assume. */
async function assumed(): Promise<Credentials> {
  const root = { ...connection(), credentials: rootCredentials }
  const statement = { Effect: 'Allow', Principal: { AWS: account.id }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  await new IAMClient(root).send(new CreateRoleCommand({ RoleName: 'assumable', AssumeRolePolicyDocument }))
  const RoleArn = `arn:aws:iam::${account.id}:role/assumable`
  const sts = new STSClient(root)
  const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }))
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  }
}
