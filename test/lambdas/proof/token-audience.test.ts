import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { requireAudience } from '../../../lambdas/proof/token-audience.ts'

const tokenFor = (audience: string | string[]) =>
  new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setAudience(audience).sign(new Uint8Array(32))
const requested = { audience: 'sts.amazonaws.com', cluster: 'prod-eu' }

describe('the audience of a token', () => {
  it('is accepted if it is or includes the requested one', async () => {
    requireAudience(await tokenFor('sts.amazonaws.com'), requested)
    requireAudience(await tokenFor(['another', 'sts.amazonaws.com']), requested)
  })

  it('is an error of the cluster if it is another one', async () => {
    const token = await tokenFor('https://kubernetes.default.svc')
    expect(() => requireAudience(token, requested)).toThrowError(
      /cluster prod-eu: .* the audience sts\.amazonaws\.com /,
    )
    expect(() => requireAudience(token, requested)).toThrowError(
      expect.objectContaining({ name: 'VerificationFailed' }),
    )
  })

  it('is an error of the cluster if the token has none', async () => {
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))
    expect(() => requireAudience(token, requested)).toThrowError(/cluster prod-eu/)
  })

  it('is an error of the cluster if the token is unreadable, and the error does not quote it', () => {
    expect(() => requireAudience('planted-secret', requested)).toThrowError(/^(?!.*planted).*cluster prod-eu/)
  })
})
