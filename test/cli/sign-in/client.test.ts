import { expect, test } from 'vitest'
import { clientFrom } from '../../../cli/sign-in/client.ts'

const before = { issuer: 'https://login.example.com', clientId: 'wid', scope: 'openid', resource: 'https://roles' }

test('uses the previous client without options', () => {
  expect(clientFrom({}, before)).toEqual(before)
})

test('an option replaces the previous value', () => {
  const options = { issuer: 'https://other.example.com/', clientId: 'b', scope: 'openid groups', resource: 'urn:b' }
  expect(clientFrom(options, before)).toEqual(options)
})

test('the first sign-in requests offline access, and no resource', () => {
  const { issuer, clientId } = before
  expect(clientFrom({ issuer, clientId }, undefined)).toEqual({ issuer, clientId, scope: 'openid offline_access' })
})

test.for([{}, { issuer: before.issuer }, { clientId: before.clientId }])(
  'the first sign-in with %o is refused',
  (options) => {
    expect(() => clientFrom(options, undefined)).toThrow('Give --issuer and --client-id once')
  },
)

test('refuses an issuer without TLS, except on this machine', () => {
  const options = { ...before, issuer: 'http://login.example.com' }
  expect(() => clientFrom(options, undefined)).toThrow('"http://login.example.com" is not an issuer')
  expect(clientFrom({ ...options, issuer: 'http://127.0.0.1:9000' }, undefined).issuer).toBe('http://127.0.0.1:9000')
})
