import { describe, expect, it } from 'vitest'
import { parseDiscoveryDocument, parseKeySet } from '../../../lambdas/clouds/network/discovery.ts'
import { documentChange, documentUrls, issuerDocuments } from '../../../lambdas/discovery/documents.ts'

const issuer = 'https://oidc.example.com/edge-1'
const modulus = (first: number) => Buffer.alloc(256, first).toString('base64url')
const rsa = { kty: 'RSA', kid: 'b', n: modulus(0x80), e: 'AQAB' } as const
const ec = {
  kty: 'EC',
  kid: 'a',
  crv: 'P-384',
  x: 'sGDbzeKu4fIYSG82Szdc1qrSr3-6qGXm7Yl03LT_7KZwf3jWxAYpUMRqVK_XgmsJ',
  y: 'X9gDn8Pn3PHZA2VjkQmwJLk6baQ8DVllIRVORAhdGurCtZeTEuUVD6ULUU215e5w',
} as const
const keys = [ec, rsa]

describe('the documents of an issuer', () => {
  const documents = () => issuerDocuments(issuer, keys)

  it('can be parsed by a relying party', () => {
    const [configuration, keySet] = documents()
    expect(parseDiscoveryDocument(JSON.parse(configuration?.text ?? ''), issuer)).toBe(`${issuer}/openid/v1/jwks`)
    expect(parseKeySet(JSON.parse(keySet?.text ?? ''), 'u')).toHaveLength(2)
    expect(documentUrls(issuer)).toEqual([`${issuer}/.well-known/openid-configuration`, `${issuer}/openid/v1/jwks`])
  })

  it('have their content types, and may be cached for five minutes', () => {
    const [configuration, keySet] = documents()
    expect(configuration).toMatchObject({
      path: '.well-known/openid-configuration',
      contentType: 'application/json',
      cacheControl: 'public, max-age=300',
    })
    expect(keySet).toMatchObject({
      path: 'openid/v1/jwks',
      contentType: 'application/jwk-set+json',
      cacheControl: 'public, max-age=300',
    })
  })

  it('name the algorithms of the keys, also of a key without alg', () => {
    const [configuration] = documents()
    expect(JSON.parse(configuration?.text ?? '')).toEqual({
      issuer,
      jwks_uri: `${issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES384', 'RS256'],
    })
    const other = issuerDocuments(issuer, [{ ...rsa, alg: 'RS512' }])[0]
    expect(JSON.parse(other?.text ?? '')).toMatchObject({ id_token_signing_alg_values_supported: ['RS512'] })
  })
})

describe('a document', () => {
  const [, keySet] = issuerDocuments(issuer, keys)
  if (!keySet) throw new Error('no key set')
  const { path: _, ...observed } = keySet

  it('is created if missing, and otherwise unchanged', () => {
    expect(documentChange('u', keySet, undefined)).toEqual({ object: 'u', action: 'created' })
    expect(documentChange('u', keySet, observed)).toEqual({ object: 'u', action: 'unchanged' })
  })

  it('is updated when it has other keys, and the change names the keys without their values', () => {
    const [, before] = issuerDocuments(issuer, [{ ...rsa, n: modulus(0x90) }])
    const change = documentChange('u', keySet, before)
    expect(change).toMatchObject({ action: 'updated', detail: 'keys, sha256' })
    expect(change.differences?.[0]).toEqual({ field: 'keys', desired: 'a, b', observed: 'b' })
    expect(change.differences).toHaveLength(2)
    expect(JSON.stringify(change)).not.toContain(modulus(0x90))
  })

  it.each(['contentType', 'cacheControl'] as const)('is updated when its %s differs', (field) => {
    expect(documentChange('u', keySet, { ...observed, [field]: 'other' })).toMatchObject({
      action: 'updated',
      detail: field,
      differences: [{ field, observed: 'other' }],
    })
  })
})
