import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { calculateJwkThumbprint, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { FreshToken } from '../../../../lambdas/clouds/kubernetes/fresh-token.ts'
import { provenIssuer } from '../../../../lambdas/clouds/kubernetes/proven-issuer.ts'
import { canonicalKey, type PublicKey } from '../../../../lambdas/clouds/public-key.ts'

const issuer = 'https://issuer.example/prod'
const audience = 'workload-identity:f5bdfb2c'
const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-384' })

function jwkOf(key: KeyObject, kid: string): PublicKey {
  const made = canonicalKey({ ...key.export({ format: 'jwk' }), kid, use: 'sig' })
  if ('problem' in made) throw new Error(made.problem)
  return made.key
}

const ownKey = jwkOf(own.publicKey, 'one')
const expected = { issuers: [issuer], keys: [ownKey] }

interface Made {
  readonly iss?: string
  readonly aud?: string
  readonly sub?: string
  readonly kid?: string | undefined
  /** In seconds from now. */
  readonly expires?: number
  readonly begins?: number
  readonly alg?: string
  /** The object that the token is bound to. */
  readonly bound?: object
}

/** The response of an API server to a request for a token with {@link audience}. */
async function tokenBy(
  key: KeyObject,
  { iss = issuer, aud = audience, expires = 600, begins = 0, alg = 'RS256', bound, ...rest }: Made = {},
): Promise<FreshToken> {
  const { kid, sub } = { kid: 'one', sub: 'system:serviceaccount:default:default', ...rest }
  const now = Math.floor(Date.now() / 1000)
  const claims = new SignJWT({
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default' }, ...bound },
  })
    .setIssuer(iss)
    .setAudience(aud)
    .setSubject(sub)
    .setNotBefore(now + begins)
  const token = await claims
    .setExpirationTime(now + expires)
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .sign(key)
  return { token, audience }
}

describe('the issuer of a token', () => {
  it('is proven by the key that signed it, which is returned with its thumbprint', async () => {
    const former = 'https://issuer.example/former'
    const issuers = [former, issuer]
    const keys = [jwkOf(other.publicKey, 'another'), ownKey]
    expect(await provenIssuer(await tokenBy(own.privateKey), { issuers, keys })).toEqual({
      issuer,
      signingKey: ownKey,
      thumbprint: await calculateJwkThumbprint(ownKey),
    })
  })

  it('is proven by a key of an elliptic curve, too', async () => {
    const key = jwkOf(curve.publicKey, 'ec')
    const token = await tokenBy(curve.privateKey, { alg: 'ES384', kid: 'ec' })
    expect(await provenIssuer(token, { issuers: [issuer], keys: [key] })).toMatchObject({ signingKey: key })
  })

  it('is proven by the one of two keys with the same ID that signed it', async () => {
    const keys = [jwkOf(other.publicKey, 'one'), ownKey]
    expect(await provenIssuer(await tokenBy(own.privateKey), { issuers: [issuer], keys })).toMatchObject({
      signingKey: ownKey,
    })
  })

  it('is proven when the clock of the API server or of the function is wrong', async () => {
    for (const made of [{ begins: 86_400 }, { expires: -86_400 }]) {
      expect(await provenIssuer(await tokenBy(own.privateKey, made), expected)).toMatchObject({ issuer })
    }
  })

  it.each([
    ['is signed by another key of the same ID', () => tokenBy(other.privateKey)],
    ['names another issuer', () => tokenBy(own.privateKey, { iss: 'https://issuer.example' })],
    ['is for another audience', () => tokenBy(own.privateKey, { aud: issuer })],
    ['is for STS, as pods have it', () => tokenBy(own.privateKey, { aud: 'sts.amazonaws.com' })],
    ['is of another account', () => tokenBy(own.privateKey, { sub: 'system:serviceaccount:default:app' })],
    ['is bound to a pod', () => tokenBy(own.privateKey, { bound: { pod: { name: 'app', uid: 'a' } } })],
    ['is bound to a secret', () => tokenBy(own.privateKey, { bound: { secret: { name: 'app', uid: 'a' } } })],
    ['is bound to a node', () => tokenBy(own.privateKey, { bound: { node: { name: 'app', uid: 'a' } } })],
    ['names no key', () => tokenBy(own.privateKey, { kid: undefined })],
    ['names an unknown key', () => tokenBy(own.privateKey, { kid: 'two' })],
    [
      'has no signature',
      async () => {
        const [, claims = ''] = (await tokenBy(own.privateKey)).token.split('.')
        const header = Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')
        return { token: `${header}.${claims}.`, audience }
      },
    ],
  ])('is not proven when it %s', async (_, make) => {
    expect(await provenIssuer(await make(), expected)).toBeUndefined()
  })

  it('is not proven by a text that is no token, and throws no error', async () => {
    const header = Buffer.from('{"alg":"RS256","kid":"one"}').toString('base64url')
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `${header}.${rest}`),
    )
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        expect(await provenIssuer({ token, audience }, expected)).toBeUndefined()
      }),
    )
  })
})
