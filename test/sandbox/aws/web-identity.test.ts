import { X509Certificate } from 'node:crypto'
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, memberAccount, rootCredentials, rootCredentialsOf } from '../../../sandbox/account.ts'
import { type Aws, startAws } from '../../../sandbox/aws/server.ts'
import { type Internet, startInternet } from '../../support/network/internet.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { startBoth } from './support/both.ts'
import { arn, connection, createRole } from './support/users.ts'

const issuer = 'https://storage.example/clusters/prod'
const providerArn = `arn:aws:iam::${account.id}:oidc-provider/storage.example/clusters/prod`
const roleArn = `arn:aws:iam::${account.id}:role/workloads/reader`
const subject = 'system:serviceaccount:default:reader'
const denyAll = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } })

let internet: Internet
let aws: Aws
let iam: IAMClient
let privateKey: CryptoKey
let published: { discovery: object; jwks: object } | undefined
let documents: { discovery: object; jwks: object }
let thumbprint: string
let cleanUp: () => Promise<void>

beforeAll(async () => {
  internet = await startInternet()
  const keys = await generateKeyPair('RS256')
  privateKey = keys.privateKey
  documents = {
    discovery: { issuer, jwks_uri: `${issuer}/openid/v1/jwks` },
    jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }] },
  }
  published = documents
  await internet.host('storage.example', (request, response) => {
    const document = request.url?.endsWith('/jwks') ? published?.jwks : published?.discovery
    response.writeHead(document ? 200 : 403, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? {}))
  })
  const { chain } = await internet.authority.issue(['any.example'])
  thumbprint = thumbprintOfLast(chain)

  const directory = await temporaryDirectory()
  const environment = { HTTPS_PROXY: internet.proxy.url }
  aws = await startAws({ python, directory: directory.path, environment, auth: true })
  iam = new IAMClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
  cleanUp = async () => {
    await aws.close()
    await internet.end()
    await directory.remove()
  }
  await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: issuer,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint],
    }),
  )
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'reader',
      Path: '/workloads/',
      AssumeRolePolicyDocument: trustPolicy({
        StringEquals: {
          'storage.example/clusters/prod:sub': subject,
          'storage.example/clusters/prod:aud': 'sts.amazonaws.com',
        },
      }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'reader',
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'iam:GetRole', Resource: roleArn },
      }),
    }),
  )
})

afterAll(() => cleanUp())

function trustPolicy(Condition: object): string {
  const Principal = { Federated: providerArn }
  const Statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition }
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

function thumbprintOfLast(chain: string): string {
  const last = chain.split(/(?=-----BEGIN)/).at(-1) ?? ''
  return new X509Certificate(last).fingerprint.replaceAll(':', '').toLowerCase()
}

async function listThumbprints(ThumbprintList: string[]): Promise<void> {
  const of = { OpenIDConnectProviderArn: providerArn }
  await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ ...of, ThumbprintList }))
}

interface TokenOptions {
  readonly audience?: string
  readonly subject?: string
  readonly issuer?: string
  readonly expires?: number
  readonly notBefore?: number
  readonly kid?: string
  readonly key?: CryptoKey
}

function token(options: TokenOptions = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({})
    .setProtectedHeader({ alg: 'RS256', kid: options.kid ?? 'one' })
    .setIssuer(options.issuer ?? issuer)
    .setSubject(options.subject ?? subject)
    .setAudience(options.audience ?? 'sts.amazonaws.com')
    .setIssuedAt(now - 4000)
    .setNotBefore(options.notBefore ?? now - 4000)
    .setExpirationTime(options.expires ?? now + 600)
    .sign(options.key ?? privateKey)
}

async function assume(options: TokenOptions & { policy?: string; seconds?: number; role?: string } = {}) {
  const sts = new STSClient({ endpoint: aws.endpoint, region: account.region, maxAttempts: 1 })
  return sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: options.role ?? roleArn,
      RoleSessionName: 'proof',
      WebIdentityToken: await token(options),
      DurationSeconds: options.seconds ?? 900,
      ...(options.policy === undefined ? {} : { Policy: options.policy }),
    }),
  )
}

type Answer = Awaited<ReturnType<typeof assume>>

function clientOf<T>(Client: new (config: object) => T, { Credentials }: Answer): T {
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId,
    secretAccessKey: Credentials?.SecretAccessKey,
    sessionToken: Credentials?.SessionToken,
  }
  return new Client({ endpoint: aws.endpoint, region: account.region, credentials })
}

test('exchanges a token of a registered issuer, and returns its subject, audience and provider', async () => {
  const answer = await assume()
  expect(answer).toMatchObject({
    SubjectFromWebIdentityToken: subject,
    Audience: 'sts.amazonaws.com',
    Provider: providerArn,
    AssumedRoleUser: { Arn: `arn:aws:sts::${account.id}:assumed-role/reader/proof` },
  })
  const seconds = ((answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000
  expect(seconds).toBeGreaterThan(890)
  expect(seconds).toBeLessThanOrEqual(901)
})

test('the credentials have exactly the permissions of the role', async () => {
  const client = clientOf(IAMClient, await assume())
  await expect(client.send(new GetRoleCommand({ RoleName: 'reader' }))).resolves.toBeDefined()
  await expect(client.send(new GetRoleCommand({ RoleName: 'other' }))).rejects.toThrow(
    'User: arn:aws:sts::000000000000:assumed-role/reader/proof is not authorized to perform: iam:GetRole on resource: ' +
      'arn:aws:iam::000000000000:role/other because no identity-based policy allows the iam:GetRole action',
  )
})

test('under a session policy that denies everything, only GetCallerIdentity succeeds', async () => {
  const answer = await assume({ policy: denyAll })
  const { Arn } = await clientOf(STSClient, answer).send(new GetCallerIdentityCommand({}))
  expect(Arn).toBe(`arn:aws:sts::${account.id}:assumed-role/reader/proof`)
  const reading = clientOf(IAMClient, answer).send(new GetRoleCommand({ RoleName: 'reader' }))
  await expect(reading).rejects.toThrow(/explicit deny/)
})

test('another service account, another provider and an absent role get the same AccessDenied', async () => {
  const refusal = { name: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' }
  await expect(assume({ subject: 'system:serviceaccount:default:stranger' })).rejects.toMatchObject(refusal)
  await expect(assume({ role: `arn:aws:iam::${account.id}:role/absent` })).rejects.toMatchObject(refusal)
  await expect(assume({ role: `arn:aws:iam::${account.id}:role/reader` })).rejects.toMatchObject(refusal)
})

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

test.each<[string, () => TokenOptions | Promise<TokenOptions>, { message?: string }]>([
  ['for another audience', () => ({ audience: 'vault' }), { message: 'Incorrect token audience' }],
  [
    'of an issuer without a provider in the account',
    () => ({ issuer: `${issuer}-2` }),
    { message: `No OpenIDConnect provider found in your account for ${issuer}-2` },
  ],
  ['signed by another key', async () => ({ key: (await generateKeyPair('RS256')).privateKey }), {}],
  ['that is not valid yet', () => ({ notBefore: inSeconds(3000) }), {}],
])('refuses a token %s', async (_, options, refusal) => {
  await expect(assume(await options())).rejects.toMatchObject({ name: 'InvalidIdentityTokenException', ...refusal })
})

test('the provider must be in the account of the role', async () => {
  const [there, thereArn] = [roleArn, providerArn].map((arn) => arn.replace(account.id, memberAccount.id))
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'reader' }))
  const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '').replace(account.id, memberAccount.id)
  const root = { credentials: rootCredentialsOf(memberAccount.id), endpoint: aws.endpoint, region: account.region }
  const member = new IAMClient(root)
  const named = { RoleName: 'reader', Path: '/workloads/' }
  await member.send(new CreateRoleCommand({ ...named, AssumeRolePolicyDocument: trust }))
  await expect(assume({ role: there ?? '' })).rejects.toMatchObject({
    message: `No OpenIDConnect provider found in your account for ${issuer}`,
  })
  const ThumbprintList = [thumbprint]
  await member.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['sts.amazonaws.com'], ThumbprintList }),
  )
  const answer = await assume({ role: there ?? '' })
  expect(answer).toMatchObject({ Provider: thereArn })
  const caller = await clientOf(STSClient, answer).send(new GetCallerIdentityCommand({}))
  expect(caller).toMatchObject({ Account: memberAccount.id })
  member.destroy()
})

test('the error for an expired token differs from that for an invalid one', async () => {
  const expires = inSeconds(-10)
  await expect(assume({ expires })).rejects.toMatchObject({
    name: 'ExpiredTokenException',
    message: expect.stringMatching(
      new RegExp(`^Token expired: current date/time \\d+ must be before the expiration date/time ?${expires}$`),
    ),
  })
})

const noKeys = {
  name: 'InvalidIdentityTokenException',
  message:
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity " +
    'documentation for requirements',
}

test('finds no verification key when the documents are not public, of another issuer, or without the key', async () => {
  await expect(assume({ kid: 'two' })).rejects.toMatchObject(noKeys)
  for (const instead of [undefined, { ...documents, discovery: { ...documents.discovery, issuer: 'https://other' } }]) {
    published = instead
    await expect(assume()).rejects.toMatchObject(noKeys)
  }
  published = documents
})

test("the certificate must match one of the provider's thumbprints", async () => {
  await listThumbprints(['a'.repeat(40)])
  await expect(assume()).rejects.toMatchObject({
    name: 'InvalidIdentityTokenException',
    message: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
  })
  await listThumbprints(['a'.repeat(40), thumbprint.toUpperCase()])
  await expect(assume()).resolves.toBeDefined()
})

test('when the keys are on another host, the provider needs its thumbprint, too', async () => {
  await internet.authority.rotate()
  const { chain } = await internet.authority.issue(['any.example'])
  const other = thumbprintOfLast(chain)
  await internet.host('keys.example', (_, response) => response.end(JSON.stringify(documents.jwks)))
  published = { ...documents, discovery: { ...documents.discovery, jwks_uri: 'https://keys.example/jwks' } }
  await listThumbprints([other])
  await expect(assume()).rejects.toThrow(/doesn't match configured thumbprint/)
  await listThumbprints([thumbprint])
  await expect(assume()).rejects.toThrow(/doesn't match configured thumbprint/)
  await listThumbprints([thumbprint, other])
  await expect(assume()).resolves.toBeDefined()
  published = documents
})

test('a session lasts at least 900 seconds, and at most as long as the role allows', async () => {
  await expect(assume({ seconds: 899 })).rejects.toMatchObject({ name: 'ValidationError' })
  await expect(assume({ seconds: 3601 })).rejects.toThrow(
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  )
})

test('a key cache ignores keys that were published meanwhile, and still accepts removed ones', async () => {
  const second = await generateKeyPair('RS256')
  const young = { kid: 'second', key: second.privateKey }
  const publicKey = { ...(await exportJWK(second.publicKey)), kid: 'second', use: 'sig', alg: 'RS256' }
  await aws.setKeyCache(3600)
  await expect(assume()).resolves.toBeDefined()
  published = { ...documents, jwks: { keys: [publicKey] } }
  await expect(assume(young)).rejects.toMatchObject(noKeys)
  await expect(assume()).resolves.toBeDefined()

  await aws.setKeyCache(3600)
  await expect(assume(young)).resolves.toBeDefined()
  await expect(assume()).rejects.toMatchObject(noKeys)
  await aws.setKeyCache(0)
  published = documents
  await expect(assume()).resolves.toBeDefined()
})

test('the certificate that was presented with cached keys must still match a thumbprint', async () => {
  await aws.setKeyCache(3600)
  await expect(assume()).resolves.toBeDefined()
  await listThumbprints(['a'.repeat(40)])
  await expect(assume()).rejects.toThrow(/doesn't match configured thumbprint/)
  await listThumbprints([thumbprint])
  await aws.setKeyCache(0)
})

test('does not cache a failed read', async () => {
  await aws.setKeyCache(3600)
  published = undefined
  await expect(assume()).rejects.toMatchObject(noKeys)
  published = documents
  await expect(assume()).resolves.toBeDefined()
  await aws.setKeyCache(0)
})

test('unpatched MiniStack exchanges a token of an unknown key', async () => {
  const both = await startBoth()
  try {
    const RoleName = await createRole(both.plain, { AssumeRolePolicyDocument: trustPolicy({}) })
    const other = await generateKeyPair('RS256')
    const answer = await new STSClient(connection(both.plain)).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: arn(`role/team/${RoleName}`),
        RoleSessionName: 'proof',
        WebIdentityToken: await token({ key: other.privateKey }),
      }),
    )
    expect(answer.SubjectFromWebIdentityToken).not.toBe(subject)
  } finally {
    await both.close()
  }
})
