import { describe, expect, test } from 'vitest'
import { repeats, tokenRepeats } from '../../../../lambdas/clouds/kubernetes/echo.ts'

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
    expect(repeats(text, secret)).toBe(true)
  })

  test.each(['', 'abcdef.0123456789abcde', '{"a":"\\n"}', '\\u00', '\\'])('is not %j', (text) => {
    expect(repeats(text, secret)).toBe(false)
  })

  test('is not detected without a secret, or with one so short that it may occur by chance', () => {
    expect(repeats('admin', 'admin')).toBe(false)
    expect(repeats('undefined', undefined)).toBe(false)
  })
})

describe('a token that repeats a secret', () => {
  test('is detected in its header and its claims', () => {
    expect(tokenRepeats(jwtOf({ kid: secret }, {}), secret)).toBe(true)
    expect(tokenRepeats(jwtOf({}, { iss: `https://issuer.example/${secret}` }), secret)).toBe(true)
    expect(tokenRepeats(jwtOf({ kid: '1' }, { iss: 'https://issuer.example' }), secret)).toBe(false)
    expect(tokenRepeats('', secret)).toBe(false)
  })
})
