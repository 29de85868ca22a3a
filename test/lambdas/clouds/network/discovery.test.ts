import { describe, expect, test } from 'vitest'
import { discoveryUrl, parseDiscoveryDocument, parseKeySet } from '../../../../lambdas/clouds/network/discovery.ts'

const issuer = 'https://storage.googleapis.com/bucket/prefix'
const document = { issuer, jwks_uri: 'https://keys.example/openid/v1/jwks', claims_supported: ['sub'] }

describe('discoveryUrl', () => {
  test('removes a final slash, and appends the well-known path', () => {
    const expected = `${issuer}/.well-known/openid-configuration`
    expect([issuer, `${issuer}/`].map(discoveryUrl)).toEqual([expected, expected])
  })
})

describe('parseDiscoveryDocument', () => {
  test('returns the jwks_uri on any host', () => {
    expect(parseDiscoveryDocument(document, issuer)).toBe('https://keys.example/openid/v1/jwks')
  })

  test.each([
    ['another issuer', { ...document, issuer: `${issuer}/` }, 'its issuer is not'],
    ['no issuer', { jwks_uri: document.jwks_uri }, 'it lacks issuer or jwks_uri'],
    ['no keys', { issuer }, 'it lacks issuer or jwks_uri'],
    ['a list', [], 'it lacks issuer or jwks_uri'],
    ['null', null, 'it lacks issuer or jwks_uri'],
    ['keys over http', { issuer, jwks_uri: 'http://keys.example/' }, 'not a plain https URL'],
    ['keys with a password', { issuer, jwks_uri: 'https://a:b@keys.example/' }, 'not a plain https URL'],
    ['keys at no URL', { issuer, jwks_uri: 'keys' }, 'not a plain https URL'],
    [
      'keys at a very long URL',
      { issuer, jwks_uri: `https://keys.example/${'k'.repeat(2048)}` },
      'more than 2048 characters',
    ],
  ])('refuses a document with %s', (_what, body, problem) => {
    expect(() => parseDiscoveryDocument(body, issuer)).toThrow(problem)
  })

  test('returns the jwks_uri without characters that a URL drops, such as a line feed', () => {
    const body = { issuer, jwks_uri: 'https://keys.example/a\nb' }
    expect(parseDiscoveryDocument(body, issuer)).toBe('https://keys.example/ab')
  })

  test('does not repeat a document that it refuses', () => {
    const body = { issuer: 'https://planted-text.example', jwks_uri: 'planted-text' }
    expect(() => parseDiscoveryDocument(body, issuer)).toThrow(expect.not.stringContaining('planted-text'))
  })
})

describe('parseKeySet', () => {
  const rsa = { kty: 'RSA', kid: '1', alg: 'RS256', use: 'sig', n: 'n', e: 'AQAB' }

  test('returns the keys that can sign tokens', () => {
    const keys = [rsa, { kty: 'EC', crv: 'P-256' }, { kty: 'oct', k: 'secret' }, { ...rsa, use: 'enc' }]
    expect(parseKeySet({ keys }, 'https://keys.example')).toEqual([
      { kty: 'RSA', kid: '1', alg: 'RS256' },
      { kty: 'EC', kid: undefined, alg: undefined },
    ])
  })

  test('accepts as many keys of each type as IAM does, and no more', () => {
    const most = [...Array.from({ length: 100 }, () => rsa), ...Array.from({ length: 100 }, () => ({ kty: 'EC' }))]
    expect(parseKeySet({ keys: most }, 'https://keys.example')).toHaveLength(200)
    for (const kty of ['RSA', 'EC']) {
      const keys = [...most, { kty, use: 'enc' }]
      expect(() => parseKeySet({ keys }, 'https://keys.example')).toThrow(
        `https://keys.example: it has 101 ${kty} keys, and an OIDC provider of IAM takes at most 100 of a type`,
      )
    }
  })

  test.each([
    [{ keys: [] }, 'no RSA or EC key'],
    [{ keys: [{ kty: 'oct' }] }, 'no RSA or EC key'],
    [{ keys: 'none' }, 'not a JSON Web Key Set'],
    [{ keys: [{}] }, 'not a JSON Web Key Set'],
    ['', 'not a JSON Web Key Set'],
  ])('refuses %j', (body, problem) => {
    expect(() => parseKeySet(body, 'https://keys.example')).toThrow(problem)
  })
})
