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
  ['a refresh', refresh, 'PublishDiscovery'],
  ['a revocation', revocation, 'RevokeKey'],
])('%s runs only its step, and then records the keys', async (_, request, state) => {
  const { status, calls } = await run(request)
  expect(status).toBe('SUCCEEDED')
  expect(calls.map((call) => call.state)).toEqual([state, 'RecordKeys'])
  for (const call of calls) {
    expect(stepInput(call.state).safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
    expect(payloadOf(call).cluster).toBe('edge-1')
  }
})

test('RevokeKey gets the key, force and the caller', async () => {
  const { calls } = await run(revocation)
  expect(payloadsOf(calls, 'RevokeKey')).toMatchObject([{ input: { target: { name: 'edge-1' }, ...revoke } }])
})

test.each([
  ['PublishDiscovery', refresh],
  ['RevokeKey', revocation],
])('%s is repeated until caches have expired', async (state, request) => {
  let polls = 0
  const { status, waits } = await run(request, { [state]: () => (polls++ < 2 ? waiting : { ready: true }) })
  expect(status).toBe('SUCCEEDED')
  expect(waits).toHaveLength(2)
})

test.each([
  ['PublishDiscovery', refresh, 'DiscoveryNotPublished'],
  ['RevokeKey', revocation, 'KeyStillServed'],
])('%s is repeated for at most ten minutes', async (state, request, late) => {
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
