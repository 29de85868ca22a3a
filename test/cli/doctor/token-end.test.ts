import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { kubeconfigText } from '../../../cli/connect/kubeconfig.ts'
import { tokenEnd } from '../../../cli/doctor/token-end.ts'

const claims = (payload: object) => `head.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`
const token = claims({ exp: 1_800_000_000 })
const end = new Date('2027-01-15T08:00:00Z')

test('a kubeconfig as wid connect makes it, and JSON with a token, say when they end', () => {
  expect(tokenEnd(kubeconfigText('prod', { server: 'https://prod.example', ca: 'Y2E=' }, token))).toEqual(end)
  expect(tokenEnd(JSON.stringify({ server: 'https://prod.example', caData: 'Y2E=', token }))).toEqual(end)
})

test.for([
  ['a token without an end', JSON.stringify({ token: claims({ sub: 'account' }) })],
  ['a token of another form', JSON.stringify({ token: 'opaque' })],
  ['a client certificate', stringify({ users: [{ user: { 'client-key-data': 'a2V5' } }] })],
  ['what is no YAML', '{ users: [{ "'],
  ['nothing', ''],
] as const)('%s says no end', ([, secret]) => {
  expect(tokenEnd(secret)).toBeUndefined()
})
