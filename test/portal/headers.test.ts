import { expect, test } from 'vitest'
import { connectionsOf, portalHeaders } from '../../portal/headers.ts'

const signIn = { issuer: 'https://login.example.com/tenant/', clientId: 'portal', scope: 'openid' }

test('the page may connect to its own origin and to the given origins', () => {
  const { 'content-security-policy': policy } = portalHeaders(['https://a.example', 'https://b.example'])
  expect(policy.split('; ')).toContain("connect-src 'self' https://a.example https://b.example")
  expect(portalHeaders([])['content-security-policy'].split('; ')).toContain("connect-src 'self'")
})

test('a page without a sign-in connects only to its own origin', () => {
  expect(connectionsOf({ api: '' })).toEqual([])
  expect(connectionsOf({ api: '/people' })).toEqual([])
})

test('a page connects to the origins of the API, of the issuer and of its token endpoint', () => {
  const api = 'https://abc.execute-api.eu-west-1.amazonaws.com/staff'
  const origins = ['https://tokens.example.com', 'https://login.example.com']
  expect(connectionsOf({ api, signIn: { ...signIn, origins } })).toEqual([
    'https://abc.execute-api.eu-west-1.amazonaws.com',
    'https://login.example.com',
    'https://tokens.example.com',
  ])
})
