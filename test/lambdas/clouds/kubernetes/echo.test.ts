import { describe, expect, test } from 'vitest'
import { containsSecret, tokenContainsSecret } from '../../../../lambdas/clouds/kubernetes/echo.ts'

const secret = 'abcdef.0123456789abcdef'
const escaped = [...secret].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join('')
const jwtOf = (header: object, claims: object) =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')

describe('a response that repeats a secret', () => {
  test.each([
    secret,
    `{"message":"Bearer ${secret}"}`,
    escaped,
    escaped.toUpperCase().replaceAll('U', 'u'),
    'abcdef\\.0123456789abcdef',
  ])('is detected: %s', (text) => {
    expect(containsSecret(text, secret)).toBe(true)
  })

  test.each(['', 'abcdef.0123456789abcde', '{"a":"\\n"}', '\\u00', '\\'])('is not %j', (text) => {
    expect(containsSecret(text, secret)).toBe(false)
  })

  test('is not detected without a secret, or with one so short that it may occur by chance', () => {
    expect(containsSecret('admin', 'admin')).toBe(false)
    expect(containsSecret('undefined', undefined)).toBe(false)
  })
})

describe('a token that repeats a secret', () => {
  test('is detected in its header and its claims', () => {
    expect(tokenContainsSecret(jwtOf({ kid: secret }, {}), secret)).toBe(true)
    expect(tokenContainsSecret(jwtOf({}, { iss: `https://issuer.example/${secret}` }), secret)).toBe(true)
    expect(tokenContainsSecret(jwtOf({ kid: '1' }, { iss: 'https://issuer.example' }), secret)).toBe(false)
    expect(tokenContainsSecret('', secret)).toBe(false)
  })
})
