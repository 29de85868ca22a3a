import { expect, test } from 'vitest'
import { connectionsOf, portalHeaders } from '../../portal/headers.ts'

const signIn = { issuer: 'https://login.example.com/tenant/', clientId: 'portal', scope: 'openid' }

test('the page talks to its own origin, and to those that are named', () => {
  const { 'content-security-policy': policy } = portalHeaders(['https://a.example', 'https://b.example'])
  expect(policy.split('; ')).toContain("connect-src 'self' https://a.example https://b.example")
  expect(portalHeaders([])['content-security-policy'].split('; ')).toContain("connect-src 'self'")
})

test('a page without a sign-in talks to its own origin alone', () => {
  expect(connectionsOf({ api: '' })).toEqual([])
  expect(connectionsOf({ api: '/people' })).toEqual([])
})

test('a page talks to the API, to the issuer, and to where that gives out tokens, by their origins', () => {
  const api = 'https://abc.execute-api.eu-west-1.amazonaws.com/staff'
  const origins = ['https://tokens.example.com', 'https://login.example.com']
  expect(connectionsOf({ api, signIn: { ...signIn, origins } })).toEqual([
    'https://abc.execute-api.eu-west-1.amazonaws.com',
    'https://login.example.com',
    'https://tokens.example.com',
  ])
})
