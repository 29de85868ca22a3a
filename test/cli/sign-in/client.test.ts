import { expect, test } from 'vitest'
import { clientFrom } from '../../../cli/sign-in/client.ts'

const before = { issuer: 'https://login.example.com', clientId: 'wid', scope: 'openid', resource: 'https://roles' }

test('without options, one signs in as the last time', () => {
  expect(clientFrom({}, before)).toEqual(before)
})

test('an option replaces what was known before', () => {
  const options = { issuer: 'https://other.example.com/', clientId: 'b', scope: 'openid groups', resource: 'urn:b' }
  expect(clientFrom(options, before)).toEqual(options)
})

test('at the first time, the issuer is asked for a sign-in that lasts, and told no API', () => {
  const { issuer, clientId } = before
  expect(clientFrom({ issuer, clientId }, undefined)).toEqual({ issuer, clientId, scope: 'openid offline_access' })
})

test.for([{}, { issuer: before.issuer }, { clientId: before.clientId }])('%o alone is not enough', (options) => {
  expect(() => clientFrom(options, undefined)).toThrow('Give --issuer and --client-id once')
})

test('an issuer that a network could read along with is none', () => {
  const options = { ...before, issuer: 'http://login.example.com' }
  expect(() => clientFrom(options, undefined)).toThrow('"http://login.example.com" is not an issuer')
  expect(clientFrom({ ...options, issuer: 'http://127.0.0.1:9000' }, undefined).issuer).toBe('http://127.0.0.1:9000')
})
