import { describe, expect, it } from 'vitest'
import { requireRegistrable } from '../../../../lambdas/clouds/aws/registrable-issuer.ts'

describe('an issuer for a provider', () => {
  it('is refused when it is longer than IAM allows', () => {
    expect(() => requireRegistrable(`https://${'h'.repeat(247)}`)).not.toThrow()
    expect(() => requireRegistrable(`https://${'h'.repeat(248)}`)).toThrow(/256 characters/)
  })

  it.each(['https://host:8443/x', 'https://host:443', 'https://u@host/x', 'https://host/x?y', 'https://host/x#y'])(
    'is refused with a port, user, query or fragment: %s',
    (issuer) => {
      expect(() => requireRegistrable(issuer)).toThrow(
        /^https:.* has a .*, and an OIDC provider of IAM holds neither\. Give /,
      )
    },
  )

  it('may have any characters in its path', () => {
    expect(() => requireRegistrable('https://host/id/A:b@c')).not.toThrow()
  })
})
