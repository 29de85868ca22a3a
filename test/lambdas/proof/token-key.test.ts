import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { keyIdOf } from '../../../lambdas/proof/token-key.ts'

const secret = new Uint8Array(32)
const token = (header: { alg: string; kid?: string }) => new SignJWT({}).setProtectedHeader(header).sign(secret)

describe('the key of a token', () => {
  it('is the one that its header names', async () => {
    expect(keyIdOf(await token({ alg: 'HS256', kid: 'a' }))).toBe('a')
    expect(keyIdOf(await token({ alg: 'HS256' }))).toBeUndefined()
  })

  it('is unknown in what is no token', () => {
    expect(keyIdOf('')).toBeUndefined()
    expect(keyIdOf('no.token.at all')).toBeUndefined()
  })
})
