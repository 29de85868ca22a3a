import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { calculateJwkThumbprint, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { provenIssuer } from '../../../../lambdas/clouds/kubernetes/proven-issuer.ts'
import { canonicalKey, type PublicKey } from '../../../../lambdas/clouds/public-key.ts'

const issuer = 'https://issuer.example/prod'
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
  readonly kid?: string | undefined
  /** In seconds from now. */
  readonly expires?: number
  readonly begins?: number
  readonly alg?: string
}

function tokenBy(
  key: KeyObject,
  { iss = issuer, aud = 'sts.amazonaws.com', expires = 600, begins = 0, alg = 'RS256', ...rest }: Made = {},
): Promise<string> {
  const { kid } = { kid: 'one', ...rest }
  const now = Math.floor(Date.now() / 1000)
  const claims = new SignJWT({})
    .setIssuer(iss)
    .setAudience(aud)
    .setNotBefore(now + begins)
  return claims
    .setExpirationTime(now + expires)
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .sign(key)
}

describe('the issuer of a token', () => {
  it('is proven by the key that has signed it, which is given back with its thumbprint', async () => {
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

  it('is proven by the one of two keys of the same ID that has signed it', async () => {
    const keys = [jwkOf(other.publicKey, 'one'), ownKey]
    expect(await provenIssuer(await tokenBy(own.privateKey), { issuers: [issuer], keys })).toMatchObject({
      signingKey: ownKey,
    })
  })

  it('is proven when the clock of the API server is some minutes fast or slow', async () => {
    for (const made of [{ begins: 200 }, { expires: -200 }]) {
      expect(await provenIssuer(await tokenBy(own.privateKey, made), expected)).toMatchObject({ issuer })
    }
  })

  it.each([
    ['is signed by another key of the same ID', () => tokenBy(other.privateKey)],
    ['names another issuer', () => tokenBy(own.privateKey, { iss: 'https://issuer.example' })],
    ['is for another audience', () => tokenBy(own.privateKey, { aud: issuer })],
    ['has expired', () => tokenBy(own.privateKey, { expires: -400 })],
    ['names no key', () => tokenBy(own.privateKey, { kid: undefined })],
    ['names a key that is not there', () => tokenBy(own.privateKey, { kid: 'two' })],
    [
      'is signed by nobody',
      async () => {
        const [, claims = ''] = (await tokenBy(own.privateKey)).split('.')
        return `${Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')}.${claims}.`
      },
    ],
  ])('is not proven when it %s', async (_, make) => {
    expect(await provenIssuer(await make(), expected)).toBeUndefined()
  })

  it('is not proven by anything that is no token, and nothing is thrown', async () => {
    const header = Buffer.from('{"alg":"RS256","kid":"one"}').toString('base64url')
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `${header}.${rest}`),
    )
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        expect(await provenIssuer(token, expected)).toBeUndefined()
      }),
    )
  })
})
