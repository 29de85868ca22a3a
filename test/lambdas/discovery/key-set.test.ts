import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkedKeys, publishedKeySet } from '../../../lambdas/discovery/key-set.ts'
import { identified } from '../../../lambdas/discovery/published-keys.ts'

const jwkOf = (key: ReturnType<typeof generateKeyPairSync>['publicKey']) => key.export({ format: 'jwk' })
const rsa = (bits = 2048) => jwkOf(generateKeyPairSync('rsa', { modulusLength: bits }).publicKey)
const ec = (namedCurve: string) => jwkOf(generateKeyPairSync('ec', { namedCurve }).publicKey)
const named = (jwk: object, kid: string, rest: object = {}) => ({ ...jwk, kid, use: 'sig', ...rest })

const rsaNumbers = rsa()
const point = ec('P-384')
const one = { ...named(rsaNumbers, 'one'), alg: 'RS256' }
const two = named(point, 'two', { alg: 'ES384' })

describe('a key set of an API server', () => {
  it('is published with only the public members of its keys, sorted by their IDs', () => {
    const body = { keys: [two, { ...one, x5c: ['certificate'], comment: 'mine' }], more: true }
    expect(checkedKeys(body)).toEqual({ keys: [one, two] })
  })

  it('is accepted without use and algorithm, and published without keys for encryption', () => {
    const { use: _, alg: __, ...bare } = one
    expect(checkedKeys({ keys: [bare, { ...two, use: 'enc' }] })).toEqual({ keys: [bare] })
  })

  it.each([
    ['undefined', undefined],
    ['a list', []],
    ['an object without keys', {}],
    ['an object with text instead of keys', { keys: ['a'] }],
  ])('is refused if it is %s', (_, body) => {
    expect(checkedKeys(body)).toEqual({ problem: 'it is not a JSON Web Key Set' })
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])('with the private member %s is never published', (member) => {
    const secret = 'secret-part'
    const result = checkedKeys({ keys: [one, { ...two, use: 'enc', [member]: secret }] })
    expect(result).toEqual({ problem: expect.stringContaining('private parts') })
    expect(JSON.stringify(result)).not.toContain(secret)
  })

  it.each([
    ['no keys', { keys: [] }, 'it has no key for signatures'],
    ['only keys for encryption', { keys: [{ ...one, use: 'enc' }] }, 'it has no key for signatures'],
    ['a key without an ID', { keys: [{ ...one, kid: undefined }] }, 'no usable ID'],
    ['a key whose ID is a URL', { keys: [{ ...one, kid: 'https://evil.example/accept-keys' }] }, 'no usable ID'],
    ['an ID of 129 characters', { keys: [named(rsa(), 'k'.repeat(129))] }, 'no usable ID'],
    ['an ID with a line break', { keys: [named(rsa(), 'a\nb')] }, 'no usable ID'],
    ['an Edwards key', { keys: [named({ kty: 'OKP', crv: 'Ed25519', x: 'a' }, 'ed')] }, 'key ed is neither'],
    ['RSA-PSS', { keys: [named(rsa(), 'pss', { alg: 'PS256' })] }, 'key pss is incomplete, or signs'],
    ['a curve that IAM does not support', { keys: [named(ec('secp256k1'), 'k1')] }, 'key k1 is incomplete, or signs'],
    ['half a key', { keys: [{ kty: 'RSA', kid: 'half', e: 'AQAB' }] }, 'key half is incomplete'],
    ['an RSA key of 1,024 bits', { keys: [named(rsa(1024), 'short')] }, 'RSA key short has fewer than 2048 bits'],
    ['an RSA key of 16,392 bits', { keys: [named({ ...rsa(), n: '_'.repeat(2732) }, 'long')] }, 'more than 16384 bits'],
    ['an empty exponent', { keys: [named({ ...rsa(), e: '' }, 'none')] }, 'RSA key none has an exponent'],
    ['an exponent of 3', { keys: [named({ ...rsa(), e: 'Aw' }, 'three')] }, 'RSA key three has an exponent'],
    ['an even exponent', { keys: [named({ ...rsa(), e: 'AQAC' }, 'even')] }, 'RSA key even has an exponent'],
    ['an exponent of 257 bits', { keys: [named({ ...rsa(), e: `${'_'.repeat(43)}8` }, 'e')] }, 'RSA key e has an'],
    [
      'a point that is not on its curve',
      { keys: [named({ ...ec('P-256'), y: 'AQ' }, 'off')] },
      'EC key off has no valid numbers',
    ],
    [
      'a point on another curve',
      { keys: [named({ ...ec('P-384'), crv: 'P-256' }, 'p')] },
      'EC key p has no valid numbers',
    ],
    ['two keys of one ID', { keys: [one, named(rsa(), 'one')] }, 'two of its keys have the ID one'],
  ])('with %s is refused with the reason', (_, body, problem) => {
    expect(checkedKeys(body)).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('is refused with more than 100 keys of a type', () => {
    const many = (type: object, count: number) => Array.from({ length: count }, (_, i) => ({ ...type, kid: `k${i}` }))
    expect(checkedKeys({ keys: many(one, 100) })).toMatchObject({ keys: { length: 100 } })
    expect(checkedKeys({ keys: many(one, 101) })).toEqual({
      problem: 'it has 101 RSA keys, and IAM takes at most 100 of a type',
    })
    expect(checkedKeys({ keys: many(two, 101) })).toEqual({
      problem: 'it has 101 EC keys, and IAM takes at most 100 of a type',
    })
  })

  it('counts the bits of a modulus without leading zeros', () => {
    const bytes = Buffer.alloc(257)
    const modulus = (first: number) => {
      bytes[1] = first
      return { ...one, n: bytes.toString('base64url') }
    }
    expect(checkedKeys({ keys: [modulus(0x80)] })).toHaveProperty('keys')
    expect(checkedKeys({ keys: [modulus(0x7f)] })).toHaveProperty('problem')
    expect(checkedKeys({ keys: [{ ...one, n: '' }] })).toHaveProperty('problem')
  })

  /** The same number with leading zeros and with padding. */
  const encodings = (number: string) =>
    fc.record({ zeros: fc.nat(9), padding: fc.constantFrom('', '=', '==') }).map(({ zeros, padding }) => {
      const bytes = Buffer.concat([Buffer.alloc(zeros), Buffer.from(number, 'base64url')])
      return `${bytes.toString('base64url')}${padding}`
    })
  const rsaEncoded = fc
    .record({ n: encodings(String(rsaNumbers.n)), e: encodings('AQAB') })
    .map((numbers) => ({ ...one, ...numbers }))
  const ecEncoded = fc
    .record({ x: encodings(String(point.x)), y: encodings(String(point.y)) })
    .map((numbers) => ({ ...two, ...numbers }))

  it('is published in one encoding, and its keys have the same thumbprints, whatever the encoding of the numbers', async () => {
    const expected = await identified([one, two].flatMap((key) => publishedKeySet(JSON.stringify({ keys: [key] }))))
    await fc.assert(
      fc.asyncProperty(rsaEncoded, ecEncoded, async (rsaKey, ecKey) => {
        const keys = publishedKeySet(JSON.stringify({ keys: [ecKey, rsaKey] }))
        expect(JSON.stringify(keys)).toBe(JSON.stringify(expected.map(({ key }) => key)))
        expect(await identified(keys)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('with arbitrary numbers is published in one encoding, or refused with the ID of its key', () => {
    const number = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
    )
    const key = fc.oneof(
      fc
        .record({ n: fc.oneof(number, fc.constant(rsaNumbers.n)), e: number })
        .map((numbers) => ({ ...one, ...numbers })),
      fc.record({ x: number, y: fc.oneof(number, fc.constant(point.y)) }).map((numbers) => ({ ...two, ...numbers })),
    )
    fc.assert(
      fc.property(key, (each) => {
        const checked = checkedKeys({ keys: [each] })
        if ('problem' in checked) expect(checked.problem).toContain(` key ${each.kid} h`)
        else expect(checkedKeys(checked)).toEqual(checked)
      }),
    )
  })

  it('never throws, and publishes only members of public keys', () => {
    const members = new Set(['kty', 'kid', 'use', 'alg', 'n', 'e', 'crv', 'x', 'y'])
    const key = fc.oneof(fc.constant(one), fc.constant(two), fc.dictionary(fc.string(), fc.string()))
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ keys: fc.array(key) })), (body) => {
        const checked = checkedKeys(body)
        const keys = 'keys' in checked ? checked.keys : []
        expect(keys.flatMap((each) => Object.keys(each)).filter((member) => !members.has(member))).toEqual([])
      }),
    )
  })
})

it('reads a published document, and no keys from a broken one', () => {
  expect(publishedKeySet(JSON.stringify({ keys: [one] }))).toEqual([one])
  expect(publishedKeySet('{')).toEqual([])
  expect(publishedKeySet('{}')).toEqual([])
})
