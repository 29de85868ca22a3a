import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { keyIdOf } from '../../../../lambdas/clouds/kubernetes/token-key.ts'

const secret = new Uint8Array(32)
const token = (header: { alg: string; kid?: string }) => new SignJWT({}).setProtectedHeader(header).sign(secret)

describe('the key of a token', () => {
  it('is the one that its header names', async () => {
    expect(keyIdOf(await token({ alg: 'HS256', kid: 'a' }))).toBe('a')
    expect(keyIdOf(await token({ alg: 'HS256' }))).toBeUndefined()
  })

  it('is unknown when the header has an invalid key ID', async () => {
    const named = (kid: unknown) =>
      `${Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url')}.e30.e30`
    expect(keyIdOf(named('Vh5Ey7Rr1bOkMx0Vk4pS2dJ0eBq1u9cLq0Wq1mUe2nA'))).toBe(
      'Vh5Ey7Rr1bOkMx0Vk4pS2dJ0eBq1u9cLq0Wq1mUe2nA',
    )
    for (const kid of ['a sentence', 'https://evil.example/accept-keys', 'a'.repeat(1000), 7, {}, null])
      expect(keyIdOf(named(kid))).toBeUndefined()
  })

  it('is unknown in a text that is no token', () => {
    expect(keyIdOf('')).toBeUndefined()
    expect(keyIdOf('no.token.at all')).toBeUndefined()
  })
})
