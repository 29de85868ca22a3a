import { expect, test } from 'vitest'
import { verifiedAgent } from '../../../lambdas/agent/token.ts'
import { usableKeys } from '../../../lambdas/clouds/public-key.ts'
import { identified } from '../../../lambdas/discovery/published-keys.ts'
import { audience, signingKey, type TokenEdits } from '../../support/agent/agent-tokens.ts'

const key = await signingKey()
const keys = await identified(usableKeys({ keys: [key.jwk] }))
const now = new Date()
const verified = async (edits: TokenEdits) => verifiedAgent(await key.token(edits), { keys, audience, now })

test('a token of a pod of the agent is verified, and names the account', async () => {
  const issuedAt = new Date('2026-12-01T12:00:00Z')
  const at = { keys, audience, now: issuedAt }
  expect(await verifiedAgent(await key.token({ accountUid: 'a1', issuedAt }), at)).toEqual({
    accountUid: 'a1',
    signedBy: { thumbprint: keys[0]?.thumbprint },
    issuedAt,
  })
})

test.for<[string, TokenEdits]>([
  ['of another account', { subject: 'system:serviceaccount:default:app' }],
  ['of another account in the namespace', { subject: 'system:serviceaccount:workload-identity-setup:default' }],
  ['of an account with this name elsewhere', { subject: 'system:serviceaccount:default:workload-identity' }],
  ['for AWS', { audience: 'sts.amazonaws.com' }],
  ['for another deployment', { audience: 'workload-identity-agent:000000000000/eu-west-1/other' }],
  ['for the API server', { audience: 'https://kubernetes.default.svc' }],
  ['that has expired', { issuedAt: new Date(now.getTime() - 3_700_000) }],
  ['from the future', { issuedAt: new Date(now.getTime() + 120_000) }],
  ['that is valid for a day', { seconds: 86_400 }],
  ['that is not bound to a pod', { isBound: false }],
])('a token %s is refused', async ([, edits]) => {
  expect(await verified(edits)).toBeUndefined()
})

test('clocks may differ by a minute', async () => {
  expect(await verified({ issuedAt: new Date(now.getTime() - 3_630_000) })).toBeDefined()
  expect(await verified({ issuedAt: new Date(now.getTime() + 30_000) })).toBeDefined()
})

test('a cluster whose clock is ten minutes behind has an agent, and one whose clock is ten minutes ahead has none', async () => {
  // The kubelet renews a token after 48 of 60 minutes, by its own clock.
  const oldest = new Date(now.getTime() - (48 + 10) * 60_000)
  expect(await verified({ issuedAt: oldest })).toBeDefined()
  expect(await verified({ issuedAt: new Date(now.getTime() + 600_000) })).toBeUndefined()
})

test('a token that another key has signed is refused, even with the ID of the known key', async () => {
  const forged = await (await signingKey(key.jwk.kid)).token()
  expect(await verifiedAgent(forged, { keys, audience, now })).toBeUndefined()
})

test('a token without a signature is refused', async () => {
  const [, payload] = (await key.token()).split('.')
  const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
  expect(await verifiedAgent(`${header}.${payload}.`, { keys, audience, now })).toBeUndefined()
})
