import { expect, test } from 'vitest'
import { maxClusters } from '../../lambdas/workflows/rotation/rotation.ts'
import { definition, errorNamed, runStubbed, type StepStub } from '../support/definitions.ts'
import type { TaskCall } from '../support/workflow.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflow-parts.ts'

const rotation = definition('rotate-thumbprints')

const taken = {
  ready: true,
  acquired: true,
  target: { name: 'prod-eu', credentialsSecretArn: 'arn:secret' },
  issuerUrl: 'https://issuer.example',
  providerArn: 'arn:provider',
}
const ownCa = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'webhook', replicas: 2 }
const csr = { ...ownCa, mode: 'csr' }

const allWell: Readonly<Record<string, StepStub>> = {
  FindClusters: { ready: true, clusters: ['one', 'two', 'three'], remaining: [] },
  AcquireLock: { ...taken, installed: ownCa },
  RenewCredentials: { ready: true, secrets: [] },
  RotateThumbprints: { ready: true, thumbprints: ['a'], added: [], removed: [] },
  RenewCertificate: { ready: true, certificate: 'kept' },
  ApproveCsr: { ready: true },
  BeginVerification: { ready: true, verificationId: 'verification-1' },
  CheckVerification: { ready: true },
  ReleaseLock: (call) => ({ ready: true, ...failureIn(call) }),
  RecordRotation: (call) => {
    const { failed } = payloadOf(call).input as { failed: object[] }
    return failed.length > 0 ? errorNamed('ClustersFailed') : { ready: true }
  },
}

function failureIn(call: TaskCall) {
  const { error } = payloadOf(call).input as { error?: string }
  return error === undefined ? {} : { failure: { name: error } }
}

const run = (stubs: Readonly<Record<string, StepStub>> = {}, dryRun = false) =>
  runStubbed(rotation, { dryRun }, { ...allWell, ...stubs })

const itemsOf = (calls: readonly TaskCall[], state: string) => payloadsOf(calls, state).map(({ item }) => item)
const inputsOf = (calls: readonly TaskCall[], state: string) => payloadsOf(calls, state).map(({ input }) => input)
const all = ['one', 'two', 'three']

test('every cluster is taken, rotated, renewed, verified and given free, each step told which one it is for', async () => {
  const { status, calls } = await run()
  expect(status).toBe('SUCCEEDED')
  const states = [
    'AcquireLock',
    'RenewCredentials',
    'RotateThumbprints',
    'RenewCertificate',
    'BeginVerification',
    'CheckVerification',
  ]
  for (const state of [...states, 'ReleaseLock']) expect(itemsOf(calls, state), state).toEqual(all)
  for (const call of calls) {
    const { item, cluster, input } = payloadOf(call)
    expect(cluster).toBe(item)
    expect(stepInput(call.state).safeParse(input).error, call.state).toBeUndefined()
  }
  expect(inputsOf(calls, 'RecordRotation')).toEqual([{ failed: [] }])
})

test.each([
  ['AcquireLock', 'Runtime.ExitError'],
  ['RotateThumbprints', 'UntrustedCertificate'],
  ['RenewCertificate', 'FieldConflict'],
  ['BeginVerification', 'AccessDenied'],
  ['CheckVerification', 'VerificationFailed'],
])('a cluster that fails in %s is given free and told, and the others go on', async (state, name) => {
  const answer = allWell[state]
  const failing: StepStub = (call) => (payloadOf(call).item === 'two' ? errorNamed(name) : (answer as object))
  const { status, error, calls } = await run({ [state]: failing })
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'ClustersFailed' })
  expect(itemsOf(calls, 'ReleaseLock')).toEqual(all)
  expect(inputsOf(calls, 'ReleaseLock')).toMatchObject([{}, { error: name }, {}])
  expect(inputsOf(calls, 'RecordRotation')).toEqual([{ failed: [{ cluster: 'two' }] }])
  expect(itemsOf(calls, 'CheckVerification').filter((item) => item !== 'two')).toEqual(['one', 'three'])
})

test('a cluster whose credentials could not be renewed is told, and all else is done for it', async () => {
  const answer = allWell.RenewCredentials
  const failing: StepStub = (call) => (payloadOf(call).item === 'two' ? errorNamed('Unreachable') : (answer as object))
  const { error, calls } = await run({ RenewCredentials: failing })
  expect(error).toBe('ClustersFailed')
  for (const state of ['RotateThumbprints', 'RenewCertificate', 'CheckVerification', 'ReleaseLock'])
    expect(itemsOf(calls, state), state).toEqual(all)
  expect(inputsOf(calls, 'ReleaseLock')).toMatchObject([{}, { error: 'Unreachable' }, {}])
  expect(inputsOf(calls, 'RecordRotation')).toEqual([{ failed: [{ cluster: 'two' }] }])
})

test('a cluster that has a management cluster has its credentials looked at, too', async () => {
  const management = { credentialsSecretArn: 'arn:management' }
  const { calls } = await run({ AcquireLock: { ...taken, installed: ownCa, management } })
  expect(inputsOf(calls, 'RenewCredentials')).toMatchObject([{ management }, { management }, { management }])
})

test('a cluster that cannot be given free is told, and the others go on', async () => {
  const ReleaseLock: StepStub = (call) =>
    payloadOf(call).item === 'one' ? errorNamed('AccessDenied') : { ready: true }
  const { calls } = await run({ ReleaseLock })
  expect(inputsOf(calls, 'RecordRotation')).toMatchObject([{ failed: [{ cluster: 'one', error: 'AccessDenied' }] }])
})

test('a cluster that is busy is left alone', async () => {
  const AcquireLock: StepStub = (call) =>
    payloadOf(call).item === 'two'
      ? { ready: true, acquired: false, skipped: 'busy' }
      : { ...taken, installed: { mode: 'managed' } }
  const { status, calls } = await run({ AcquireLock })
  expect(status).toBe('SUCCEEDED')
  for (const state of ['RotateThumbprints', 'BeginVerification', 'ReleaseLock']) {
    expect(itemsOf(calls, state), state).toEqual(['one', 'three'])
  }
})

test.each([
  [ownCa, ['RenewCertificate']],
  [csr, ['ApproveCsr']],
  [{ mode: 'managed' }, []],
  [{ mode: 'none' }, []],
])("of the webhook %j only what it has is looked after, on the issuer's cluster alone", async (installed, states) => {
  const { calls } = await run({ AcquireLock: { ...taken, installed } })
  const called = new Set(calls.map(({ state }) => state))
  expect(['RenewCertificate', 'ApproveCsr'].filter((state) => called.has(state))).toEqual(states)
  for (const input of states.flatMap((state) => inputsOf(calls, state))) {
    expect(input).toMatchObject({ issuerUrl: taken.issuerUrl })
  }
})

test('the keys of a hosted issuer are published, ten minutes at most, and a failure of that ends its cluster alone', async () => {
  const hosted = { AcquireLock: { ...taken, installed: { mode: 'none' }, hosted: true } }
  const { target, issuerUrl } = taken
  const { calls, status } = await run({ ...hosted, PublishDiscovery: { ready: true } })
  expect(status).toBe('SUCCEEDED')
  expect(inputsOf(calls, 'PublishDiscovery')).toEqual(all.map(() => ({ target, issuerUrl })))
  expect(itemsOf(calls, 'NarrowTrust')).toEqual(itemsOf(calls, 'PublishDiscovery'))

  const waiting = { ready: false, reason: 'a cache still serves the keys of before', events: [] }
  const two: StepStub = (call) => (payloadOf(call).item === 'two' ? waiting : { ready: true })
  const late = await run({ ...hosted, PublishDiscovery: two })
  // Of the two others there is one wait each for their verification.
  expect(late.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(600 + 2 * 5)
  expect(inputsOf(late.calls, 'ReleaseLock')).toMatchObject([{}, { error: 'DiscoveryNotPublished' }, {}])
  expect(itemsOf(late.calls, 'BeginVerification')).toEqual(['one', 'three'])
})

test('requests are looked for until none is being signed, and for two minutes at most', async () => {
  let observations = 0
  const AcquireLock: StepStub = { ...taken, installed: csr }
  const FindClusters: StepStub = { ready: true, clusters: ['one'], remaining: [] }
  const waiting = { ready: false, reason: 'they are being signed', events: [] }
  const signed = await run({
    FindClusters,
    AcquireLock,
    ApproveCsr: () => (observations++ < 2 ? waiting : { ready: true }),
  })
  expect({ status: signed.status, observations }).toEqual({ status: 'SUCCEEDED', observations: 3 })

  const never = await run({ FindClusters, AcquireLock, ApproveCsr: waiting })
  expect(inputsOf(never.calls, 'ReleaseLock')).toEqual([
    { error: 'CertificateNotIssued', cause: expect.stringContaining('by the deadline: they are being signed') },
  ])
  expect(never.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(120)
})

test('a verification is waited for, ten minutes at most, and one that cannot be is no failure', async () => {
  const FindClusters: StepStub = { ready: true, clusters: ['one'], remaining: [] }
  const waiting = { ready: false, reason: 'the verification is running', events: [] }
  const never = await run({ FindClusters, CheckVerification: waiting })
  expect(inputsOf(never.calls, 'ReleaseLock')).toMatchObject([{ error: 'VerificationNotEnded' }])
  expect(never.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(600)

  const none = await run({ FindClusters, BeginVerification: { ready: true, notVerified: 'no setup' } })
  expect(none.status).toBe('SUCCEEDED')
  expect(itemsOf(none.calls, 'CheckVerification')).toEqual([])
})

test('a dry run tells every step so, and starts no verification', async () => {
  const { status, calls } = await run({}, true)
  expect(status).toBe('SUCCEEDED')
  expect(itemsOf(calls, 'BeginVerification')).toEqual([])
  for (const call of calls) expect(call.arguments, call.state).toMatchObject({ Payload: { dryRun: true } })
})

test('without clusters there is nothing to do, and without their list the rotation fails', async () => {
  const none = await run({ FindClusters: { ready: true, clusters: [], remaining: [] } })
  expect(none.status).toBe('SUCCEEDED')
  const failed = await run({ FindClusters: errorNamed('AccessDenied') })
  expect(failed.error).toBe('AccessDenied')
})

test('the history has room for as many clusters as one run takes, each with slow certificates and verifications', async () => {
  const clusters = Array.from({ length: maxClusters }, (_, index) => `cluster-${index}`)
  const observations = new Map<string, number>()
  const slowly: StepStub = (call) => {
    const key = `${call.state} ${payloadOf(call).item}`
    observations.set(key, (observations.get(key) ?? 0) + 1)
    return (observations.get(key) ?? 0) < 5 ? { ready: false, reason: 'not yet', events: [] } : { ready: true }
  }
  const { status, events, heaviest } = await run({
    FindClusters: { ready: true, clusters, remaining: [] },
    AcquireLock: { ...taken, installed: csr },
    ApproveCsr: slowly,
    CheckVerification: slowly,
  })
  expect(status).toBe('SUCCEEDED')
  expect(events).toBeLessThan(25_000)
  expect(heaviest.bytes).toBeLessThan(100_000)
})
