import { X509Certificate } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { accountOfToken, lifeOf } from '../../../../lambdas/clouds/kubernetes/credentials-life.ts'
import { createAuthority } from '../../../../sandbox/network/authority.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

const directory = await temporaryDirectory()
afterAll(() => directory.remove())

const tokenOf = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${Buffer.from('signature').toString('base64url')}`
const token = tokenOf({ iat: 1_790_000_000, exp: 1_800_000_000, sub: 'system:serviceaccount:setup:robot' })
const life = { startsAt: new Date(1_790_000_000_000), endsAt: new Date(1_800_000_000_000) }

it('the lifetime of a token is that of its unverified claims', () => {
  expect(lifeOf({ token })).toEqual(life)
  expect(accountOfToken(token)).toBe('setup:robot')
})

it.for([
  ['opaque text', 'opaque'],
  ['three parts without claims', 'a.b.c'],
  ['claims of other types', tokenOf({ exp: 'never', sub: 1 })],
  ['no such claims', tokenOf({ sub: 'alice' })],
] as const)('a token of %s has no known lifetime and no account', ([, other]) => {
  expect(lifeOf({ token: other })).toEqual({})
  expect(accountOfToken(other)).toBeUndefined()
})

it('the lifetime of a client certificate is its validity, and of certificate and token the one that ends first', async () => {
  const authority = await createAuthority(directory.path)
  const certificate = async (notAfter: Date) => {
    const { chain, key } = await authority.issue(['client.example'], { notAfter })
    const { validFromDate: startsAt, validToDate: endsAt } = new X509Certificate(chain)
    return { client: { certificate: chain, key }, life: { startsAt, endsAt } }
  }
  const earlier = await certificate(new Date(1_799_000_000_000))
  expect(lifeOf({ client: earlier.client })).toEqual(earlier.life)
  expect(lifeOf({ token, client: earlier.client })).toEqual(earlier.life)
  const later = await certificate(new Date(1_801_000_000_000))
  expect(lifeOf({ token, client: later.client })).toEqual(life)
})
