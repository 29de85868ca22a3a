/**
 * Compares the answers of the sandbox's STS for pairs of tokens and trust policies with those in AWS's documentation.
 *
 * STS checks a token before the trust policy. Codes are from
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html, messages from
 * https://repost.aws/knowledge-center/iam-sts-invalididentitytoken or from reports. Some messages are not documented.
 */
import { createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, rootCredentials } from '../../sandbox/account.ts'
import { type Aws, startAws } from '../../sandbox/aws/server.ts'
import { type Internet, startInternet } from '../support/network/internet.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const issuer = 'https://storage.example/clusters/prod'
const hostPath = 'storage.example/clusters/prod'
const subject = 'system:serviceaccount:default:reader'
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide'
const arnOf = (provider: string) => `arn:aws:iam::${account.id}:oidc-provider/${provider}`

interface Policy {
  /** The page of AWS's documentation. */
  readonly page: string
  readonly statements: readonly object[]
}

function allow(Condition: object, more: object = {}): object {
  const Principal = { Federated: arnOf(hostPath) }
  return { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition, ...more }
}

const operators = `${guide}/reference_policies_elements_condition_operators.html`
const conditions = `${guide}/reference_policies_elements_condition.html`
const manyValues = `${guide}/reference_policies_condition-single-vs-multi-valued-context-keys.html`
const claims = `${guide}/reference_policies_iam-condition-keys.html#condition-keys-wif`
const sub = `${hostPath}:sub`
const aud = `${hostPath}:aud`

const policies = {
  'sub and aud': {
    page: operators,
    statements: [allow({ StringEquals: { [sub]: subject, [aud]: 'sts.amazonaws.com' } })],
  },
  'sub with a wildcard, and aud': {
    page: operators,
    statements: [
      allow({ StringLike: { [sub]: 'system:serviceaccount:*:reader' }, StringEquals: { [aud]: 'sts.amazonaws.com' } }),
    ],
  },
  'a wildcard with an operator without wildcards': {
    page: operators,
    statements: [allow({ StringEquals: { [sub]: 'system:serviceaccount:*:reader' } })],
  },
  'aud only': { page: claims, statements: [allow({ StringEquals: { [aud]: 'sts.amazonaws.com' } })] },
  'sub only': { page: claims, statements: [allow({ StringEquals: { [sub]: subject } })] },
  'one of several subs': {
    page: conditions,
    statements: [allow({ StringEquals: { [sub]: ['system:serviceaccount:a:b', subject] } })],
  },
  'any of the auds': {
    page: manyValues,
    statements: [allow({ 'ForAnyValue:StringEquals': { [aud]: ['vault', 'sts.amazonaws.com'] } })],
  },
  'all of a claim that no token has': {
    page: manyValues,
    statements: [allow({ 'ForAllValues:StringEquals': { [`${hostPath}:amr`]: ['x'] } })],
  },
  'any of a claim that no token has': {
    page: manyValues,
    statements: [allow({ 'ForAnyValue:StringEquals': { [`${hostPath}:amr`]: ['x'] } })],
  },
  'keys in capitals': {
    page: conditions,
    statements: [allow({ StringEquals: { [sub.toUpperCase()]: subject } })],
  },
  'keys of the host without the path': {
    page: claims,
    statements: [allow({ StringEquals: { 'storage.example:sub': subject } })],
  },
  'keys with a slash at the end of the issuer': {
    page: claims,
    statements: [allow({ StringEquals: { [`${hostPath}/:sub`]: subject } })],
  },
  'keys that are absent, if they exist': {
    page: operators,
    statements: [allow({ StringEqualsIfExists: { 'storage.example:sub': subject } })],
  },
  'another provider': {
    page: `${guide}/reference_policies_elements_principal.html`,
    statements: [allow({}, { Principal: { Federated: arnOf('storage.example/clusters/other') } })],
  },
  'a deny of the sub': {
    page: `${guide}/reference_policies_evaluation-logic.html`,
    statements: [allow({}), allow({ StringEquals: { [sub]: subject } }, { Effect: 'Deny' })],
  },
  'another action': {
    page: `${guide}/reference_policies_elements_action.html`,
    statements: [allow({}, { Action: 'sts:AssumeRole' })],
  },
  'no condition': { page: claims, statements: [allow({})] },
} satisfies Record<string, Policy>

type PolicyName = keyof typeof policies
const policyNames = Object.keys(policies) as PolicyName[]

const matching: readonly PolicyName[] = [
  'sub and aud',
  'sub with a wildcard, and aud',
  'aud only',
  'sub only',
  'one of several subs',
  'any of the auds',
  'all of a claim that no token has',
  'keys in capitals',
  'keys that are absent, if they exist',
  'no condition',
]

/** For each valid token, the policies that admit it. All others answer AccessDenied. */
const admitted: Record<string, readonly PolicyName[]> = {
  'without peculiarities': matching,
  'with its audience in a list, as Kubernetes writes it': matching,
  'signed with ES256': matching,
  'of the same account in another namespace': [
    'sub with a wildcard, and aud',
    'aud only',
    'any of the auds',
    'all of a claim that no token has',
    'keys that are absent, if they exist',
    'a deny of the sub',
    'no condition',
  ],
  'of another account': [
    'aud only',
    'any of the auds',
    'all of a claim that no token has',
    'keys that are absent, if they exist',
    'a deny of the sub',
    'no condition',
  ],
  'for another of the client IDs': [
    'sub only',
    'one of several subs',
    'any of the auds',
    'all of a claim that no token has',
    'keys in capitals',
    'keys that are absent, if they exist',
    'no condition',
  ],
}

const invalid = (message?: string | RegExp) => ({
  name: 'InvalidIdentityTokenException',
  ...(message !== undefined && { message: typeof message === 'string' ? message : expect.stringMatching(message) }),
})
const noKey = invalid(
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity " +
    'documentation for requirements',
)
const noJwt = invalid(/^The ID Token provided is not a valid JWT\./)

/** For each invalid token, the error, which is the same for every role. */
const refused: Record<string, object> = {
  'for an audience that is no client ID': invalid('Incorrect token audience'),
  expired: { name: 'ExpiredTokenException', message: expect.stringMatching(/^Token expired: /) },
  'not valid yet': invalid(),
  'of an issuer without a provider': invalid(
    'No OpenIDConnect provider found in your account for https://storage.example/clusters/none',
  ),
  // A provider's URL is compared as text, and may end in a slash: https://gist.github.com/gene1wood/54611c45a3298504f8e33d95e317ae5c
  'of the issuer with a slash at its end': invalid(`No OpenIDConnect provider found in your account for ${issuer}/`),
  // STS accepts RS256, RS384, RS512, ES256, ES384 and ES512 (`${guide}/id_roles_providers_create_oidc.html`).
  'without a signature (alg none)': noJwt,
  'signed with HS256 and the public key': noJwt,
  'signed by another key under the same ID': invalid(),
  'signed by a new key that is not published': noKey,
  'without the ID of its key': invalid(),
  'without a subject': invalid('Missing a required claim: sub'),
  'that is not a JWT': noJwt,
}

let internet: Internet
let aws: Aws
let sts: STSClient
let keys: Record<'published' | 'elliptic' | 'other', CryptoKey>
let publicPem: string
let cleanUp: () => Promise<void>

beforeAll(async () => {
  internet = await startInternet()
  const [published, elliptic, other] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256'),
    generateKeyPair('RS256'),
  ])
  keys = { published: published.privateKey, elliptic: elliptic.privateKey, other: other.privateKey }
  const jwk = await exportJWK(published.publicKey)
  publicPem = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
  const keySet = {
    keys: [
      { ...jwk, kid: 'rsa', use: 'sig', alg: 'RS256' },
      { ...(await exportJWK(elliptic.publicKey)), kid: 'elliptic', use: 'sig', alg: 'ES256' },
    ],
  }
  await internet.host('storage.example', (request, response) => {
    const discovery = { issuer, jwks_uri: `${issuer}/openid/v1/jwks` }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url?.endsWith('/jwks') ? keySet : discovery))
  })
  const directory = await temporaryDirectory()
  const environment = { HTTPS_PROXY: internet.proxy.url }
  aws = await startAws({ python, directory: directory.path, environment, auth: false })
  sts = new STSClient({ endpoint: aws.endpoint, region: account.region, maxAttempts: 1 })
  cleanUp = async () => {
    sts.destroy()
    await aws.close()
    await internet.end()
    await directory.remove()
  }
  await createProvidersAndRoles()
})
afterAll(() => cleanUp())

/** Creates the providers, and a role for each policy. */
async function createProvidersAndRoles(): Promise<void> {
  const iam = new IAMClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
  const { chain } = await internet.authority.issue(['any.example'])
  const last = chain.split(/(?=-----BEGIN)/).at(-1) ?? ''
  const thumbprint = new X509Certificate(last).fingerprint.replaceAll(':', '').toLowerCase()
  for (const Url of [issuer, 'https://storage.example/clusters/other']) {
    const provider = { Url, ClientIDList: ['sts.amazonaws.com', 'vault'], ThumbprintList: [thumbprint] }
    await iam.send(new CreateOpenIDConnectProviderCommand(provider))
  }
  for (const name of policyNames) {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: policies[name].statements })
    await iam.send(new CreateRoleCommand({ RoleName: roleOf(name), AssumeRolePolicyDocument }))
  }
  iam.destroy()
}

const roleOf = (policy: PolicyName) => `role-${policyNames.indexOf(policy)}`

function payload(more: JWTPayload = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    sub: subject,
    aud: 'sts.amazonaws.com',
    iat: now - 4000,
    nbf: now - 4000,
    exp: now + 600,
    ...more,
  }
}

function signed(more: JWTPayload = {}, key?: CryptoKey | Uint8Array, header: object = {}): Promise<string> {
  return sign(payload(more), key, header)
}

function sign(claims: JWTPayload, key: CryptoKey | Uint8Array = keys.published, header: object = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'rsa', ...header }).sign(key)
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

const tokens: Record<string, () => Promise<string> | string> = {
  'without peculiarities': () => signed(),
  'with its audience in a list, as Kubernetes writes it': () => signed({ aud: ['sts.amazonaws.com'] }),
  'signed with ES256': () => signed({}, keys.elliptic, { alg: 'ES256', kid: 'elliptic' }),
  'of the same account in another namespace': () => signed({ sub: 'system:serviceaccount:other:reader' }),
  'of another account': () => signed({ sub: 'system:serviceaccount:default:stranger' }),
  'for another of the client IDs': () => signed({ aud: 'vault' }),
  'for an audience that is no client ID': () => signed({ aud: 'https://kubernetes.default.svc' }),
  expired: () => signed({ exp: inSeconds(-10) }),
  'not valid yet': () => signed({ nbf: inSeconds(3000) }),
  'of an issuer without a provider': () => signed({ iss: 'https://storage.example/clusters/none' }),
  'of the issuer with a slash at its end': () => signed({ iss: `${issuer}/` }),
  'without a signature (alg none)': () => new UnsecuredJWT(payload()).encode(),
  'signed with HS256 and the public key': () => signed({}, new TextEncoder().encode(publicPem), { alg: 'HS256' }),
  'signed by another key under the same ID': () => signed({}, keys.other),
  'signed by a new key that is not published': () => signed({}, keys.other, { kid: 'new' }),
  'without the ID of its key': () => signed({}, keys.published, { kid: undefined }),
  'without a subject': () => {
    const { sub: _, ...others } = payload()
    return sign(others)
  },
  'that is not a JWT': () => 'ya29.an-access-token',
}

/** `admitted`, or the error. */
async function exchange(token: string, policy: PolicyName): Promise<unknown> {
  const answer = sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: `arn:aws:iam::${account.id}:role/${roleOf(policy)}`,
      RoleSessionName: 'table',
      WebIdentityToken: token,
    }),
  )
  return answer.then(
    () => 'admitted',
    (error: unknown) => (error instanceof Error ? { name: error.name, message: error.message } : error),
  )
}

/** The answers of all roles to one token, by the name of their policy. */
async function answersTo(tokenName: string): Promise<Record<string, unknown>> {
  const token = (await tokens[tokenName]?.()) ?? ''
  const answers = policyNames.map(async (policy) => [policy, await exchange(token, policy)] as const)
  return Object.fromEntries(await Promise.all(answers))
}

const accessDenied = { name: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' }

describe('a token', () => {
  test.each(Object.entries(admitted))('%s is admitted by exactly the policies that match it', async (token, by) => {
    const expected = policyNames.map((policy) => [policy, by.includes(policy) ? 'admitted' : accessDenied])
    expect(await answersTo(token)).toEqual(Object.fromEntries(expected))
  })

  test.each(Object.entries(refused))('%s is refused by every policy', async (token, refusal) => {
    const expected = policyNames.map((policy) => [policy, expect.objectContaining(refusal)])
    expect(await answersTo(token)).toEqual(Object.fromEntries(expected))
  })

  test('is in exactly one of the tables', () => {
    expect([...Object.keys(admitted), ...Object.keys(refused)].sort()).toEqual(Object.keys(tokens).sort())
  })
})
