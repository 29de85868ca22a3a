import { expect, test } from 'vitest'
import { definition, errorNamed, runStubbed, type StepStub } from '../support/workflows/definitions.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const signingKeys = definition('signing-keys')

const refresh = {
  cluster: { name: 'edge-1', credentialsSecretArn: 'arn:secret' },
  issuerUrl: 'https://oidc.example.com/edge-1',
  before: ['old'],
}
const revoke = { key: { kid: 'old', thumbprint: 'print' }, force: false, revokedBy: 'somebody' }
const revocation = { ...refresh, revoke }

const allWell: Readonly<Record<string, StepStub>> = {
  PublishDiscovery: { ready: true },
  RevokeKey: { ready: true },
  RecordKeys: { ready: true },
}
const waiting = { ready: false, reason: 'a cache still serves it', events: [] }

const run = (request: object, stubs: Readonly<Record<string, StepStub>> = {}) =>
  runStubbed(signingKeys, request, { ...allWell, ...stubs })

test.each([
  ['a refresh publishes what the cluster has', refresh, 'PublishDiscovery'],
  ['a revocation takes one key, and publishes nothing else', revocation, 'RevokeKey'],
])('%s, and releases the cluster', async (_, request, state) => {
  const { status, calls } = await run(request)
  expect(status).toBe('SUCCEEDED')
  expect(calls.map((call) => call.state)).toEqual([state, 'RecordKeys'])
  for (const call of calls) {
    expect(stepInput(call.state).safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
    expect(payloadOf(call).cluster).toBe('edge-1')
  }
})

test('a revocation is told the key, and who asked for it with what', async () => {
  const { calls } = await run(revocation)
  expect(payloadsOf(calls, 'RevokeKey')).toMatchObject([{ input: { target: { name: 'edge-1' }, ...revoke } }])
})

test.each([
  [refresh, 'PublishDiscovery'],
  [revocation, 'RevokeKey'],
])('it is waited until caches are past', async (request, state) => {
  let polls = 0
  const { status, waits } = await run(request, { [state]: () => (polls++ < 2 ? waiting : { ready: true }) })
  expect(status).toBe('SUCCEEDED')
  expect(waits).toHaveLength(2)
})

test.each([
  [refresh, 'PublishDiscovery', 'DiscoveryNotPublished'],
  [revocation, 'RevokeKey', 'KeyStillServed'],
])('it is not waited for longer than ten minutes', async (request, state, late) => {
  const { status, error, waits } = await run(request, { [state]: waiting })
  expect({ status, error }).toEqual({ status: 'FAILED', error: late })
  const waited = waits.reduce((sum, seconds) => sum + seconds, 0)
  expect(waited).toBeGreaterThanOrEqual(600)
  expect(waited).toBeLessThan(700)
})

test('a key that the cluster needs fails the revocation', async () => {
  const { status, error } = await run(revocation, { RevokeKey: errorNamed('KeyInUse') })
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'KeyInUse' })
})
