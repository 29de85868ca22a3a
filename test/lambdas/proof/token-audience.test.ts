import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { requireAudience } from '../../../lambdas/proof/token-audience.ts'

const tokenFor = (audience: string | string[]) =>
  new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setAudience(audience).sign(new Uint8Array(32))
const asked = { audience: 'sts.amazonaws.com', cluster: 'prod-eu' }

describe('the audience of a token', () => {
  it('may be the one that was asked for, alone or among others', async () => {
    requireAudience(await tokenFor('sts.amazonaws.com'), asked)
    requireAudience(await tokenFor(['another', 'sts.amazonaws.com']), asked)
  })

  it('is an error of the cluster when it is another one', async () => {
    const token = await tokenFor('https://kubernetes.default.svc')
    expect(() => requireAudience(token, asked)).toThrowError(/cluster prod-eu: .* the audience sts\.amazonaws\.com /)
    expect(() => requireAudience(token, asked)).toThrowError(expect.objectContaining({ name: 'VerificationFailed' }))
  })

  it('is never one that nobody has named', async () => {
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))
    expect(() => requireAudience(token, asked)).toThrowError(/cluster prod-eu/)
  })

  it('is an error of the cluster when there is no telling, which quotes nothing', () => {
    expect(() => requireAudience('planted-secret', asked)).toThrowError(/^(?!.*planted).*cluster prod-eu/)
  })
})
