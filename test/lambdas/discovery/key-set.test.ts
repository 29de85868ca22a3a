import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkedKeys, publishedKeySet } from '../../../lambdas/discovery/key-set.ts'

const jwkOf = (key: ReturnType<typeof generateKeyPairSync>['publicKey']) => key.export({ format: 'jwk' })
const rsa = (bits = 2048) => jwkOf(generateKeyPairSync('rsa', { modulusLength: bits }).publicKey)
const ec = (namedCurve: string) => jwkOf(generateKeyPairSync('ec', { namedCurve }).publicKey)
const named = (jwk: object, kid: string, rest: object = {}) => ({ ...jwk, kid, use: 'sig', ...rest })

const one = { ...named(rsa(), 'one'), alg: 'RS256' }
const two = named(ec('P-384'), 'two', { alg: 'ES384' })
const problemOf = (body: unknown) => checkedKeys(body)

describe('a key set of an API server', () => {
  it('is published with the public members of its keys alone, sorted by their IDs', () => {
    const body = { keys: [two, { ...one, x5c: ['certificate'], comment: 'mine' }], more: true }
    expect(checkedKeys(body)).toEqual({ keys: [one, two] })
  })

  it('may leave out use and algorithm, and keys for encryption are left out', () => {
    const { use: _, alg: __, ...bare } = one
    expect(checkedKeys({ keys: [bare, { ...two, use: 'enc' }] })).toEqual({ keys: [bare] })
  })

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['no keys', {}],
    ['keys that are no objects', { keys: ['a'] }],
  ])('that is %s is none', (_, body) => {
    expect(problemOf(body)).toEqual({ problem: 'it is not a JSON Web Key Set' })
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])('with the private member %s is never published', (member) => {
    const secret = 'secret-part'
    const result = problemOf({ keys: [one, { ...two, use: 'enc', [member]: secret }] })
    expect(result).toEqual({ problem: expect.stringContaining('private parts') })
    expect(JSON.stringify(result)).not.toContain(secret)
  })

  it.each([
    ['no keys', { keys: [] }, 'it has no key for signatures'],
    ['keys for encryption alone', { keys: [{ ...one, use: 'enc' }] }, 'it has no key for signatures'],
    ['a key without an ID', { keys: [{ ...one, kid: undefined }] }, 'no usable ID'],
    ['an ID of many characters', { keys: [named(rsa(), 'k'.repeat(129))] }, 'no usable ID'],
    ['an ID with a line break', { keys: [named(rsa(), 'a\nb')] }, 'no usable ID'],
    ['an Edwards key', { keys: [named({ kty: 'OKP', crv: 'Ed25519', x: 'a' }, 'ed')] }, 'key ed is neither'],
    ['RSA-PSS', { keys: [named(rsa(), 'pss', { alg: 'PS256' })] }, 'key pss is incomplete, or signs'],
    ['a curve that IAM does not take', { keys: [named(ec('secp256k1'), 'k1')] }, 'key k1 is incomplete, or signs'],
    ['half a key', { keys: [{ kty: 'RSA', kid: 'half', e: 'AQAB' }] }, 'key half is incomplete'],
    ['an RSA key of 1,024 bits', { keys: [named(rsa(1024), 'short')] }, 'RSA key short has less than 2048 bits'],
    ['two keys of one ID', { keys: [one, named(rsa(), 'one')] }, 'two of its keys have the ID one'],
  ])('with %s is refused, and it is said why', (_, body, problem) => {
    expect(problemOf(body)).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('may have 100 keys of a type, and no more', () => {
    const many = (type: object, count: number) => Array.from({ length: count }, (_, i) => ({ ...type, kid: `k${i}` }))
    expect(checkedKeys({ keys: many(one, 100) })).toMatchObject({ keys: { length: 100 } })
    expect(problemOf({ keys: many(one, 101) })).toEqual({ problem: 'it has 101 RSA keys, and IAM takes 100 of a type' })
    expect(problemOf({ keys: many(two, 101) })).toEqual({ problem: 'it has 101 EC keys, and IAM takes 100 of a type' })
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

  it('never throws, and publishes no member that is not of a public key', () => {
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

it('a document that was published is read again, and one that somebody broke has no keys', () => {
  expect(publishedKeySet(JSON.stringify({ keys: [one] }))).toEqual([one])
  expect(publishedKeySet('{')).toEqual([])
  expect(publishedKeySet('{}')).toEqual([])
})
