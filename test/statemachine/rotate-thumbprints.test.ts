import { expect, test } from 'vitest'
import { batchesOf, batchSize, pageSize } from '../../lambdas/workflows/rotation/rotation.ts'
import { eventsOfRotation } from '../support/workflows/cluster-sizes.ts'
import { definition, errorNamed, runStubbed, type StepStub, type StubbedRun } from '../support/workflows/definitions.ts'
import { never } from '../support/workflows/item-events.ts'
import type { TaskCall } from '../support/workflows/workflow.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const rotation = definition('rotate-thumbprints')

const acquired = {
  ready: true,
  acquired: true,
  target: { name: 'prod-eu', credentialsSecretArn: 'arn:secret' },
  issuerUrl: 'https://issuer.example',
  providerArn: 'arn:provider',
}
const ownCa = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'webhook', replicas: 2 }
const csr = { ...ownCa, mode: 'csr' }

/** The answer of FindClusters with these clusters. */
function found(...names: readonly string[]) {
  return { ready: true, batches: batchesOf(names) }
}

const allWell: Readonly<Record<string, StepStub>> = {
  FindClusters: found('one', 'two', 'three'),
  AcquireLock: { ...acquired, installed: ownCa },
  RenewCredentials: { ready: true, secrets: [] },
  RotateThumbprints: { ready: true, thumbprints: ['a'], added: [], removed: [] },
  RenewCertificate: { ready: true, certificate: 'kept' },
  ApproveCsr: { ready: true },
  BeginVerification: { ready: true, verificationId: 'verification-1' },
  CheckVerification: { ready: true },
  ReleaseLock: (call) => ({ ready: true, ...failureIn(call) }),
  RecordRotation: (call) => {
    const { count } = payloadOf(call).input as { count: number }
    return count > 0 ? errorNamed('ClustersFailed') : { ready: true }
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
const secondsOf = ({ batches }: StubbedRun) =>
  batches.flatMap(({ waits }) => waits).reduce((sum, each) => sum + each, 0)
const all = ['one', 'two', 'three']

test('every cluster is locked, rotated, renewed, verified and released, and each step gets its cluster', async () => {
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
  expect(inputsOf(calls, 'RecordRotation')).toEqual([{ failed: [], count: 0 }])
})

test.each([
  ['AcquireLock', 'Runtime.ExitError'],
  ['RotateThumbprints', 'UntrustedCertificate'],
  ['RenewCertificate', 'FieldConflict'],
  ['BeginVerification', 'AccessDenied'],
  ['CheckVerification', 'VerificationFailed'],
])('a cluster that fails in %s is released and reported, and the others continue', async (state, name) => {
  const answer = allWell[state]
  const failing: StepStub = (call) => (payloadOf(call).item === 'two' ? errorNamed(name) : (answer as object))
  const { status, error, calls } = await run({ [state]: failing })
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'ClustersFailed' })
  expect(itemsOf(calls, 'ReleaseLock')).toEqual(all)
  expect(inputsOf(calls, 'ReleaseLock')).toMatchObject([{}, { error: name }, {}])
  expect(inputsOf(calls, 'RecordRotation')).toEqual([{ failed: [{ cluster: 'two' }], count: 1 }])
  expect(itemsOf(calls, 'CheckVerification').filter((item) => item !== 'two')).toEqual(['one', 'three'])
})

test.each([
  ['RenewCredentials', 'Unreachable'],
  ['NarrowTrust', 'FieldConflict'],
])('a cluster that fails in %s is reported, and all its other steps run', async (state, name) => {
  const failing: StepStub = (call) => (payloadOf(call).item === 'two' ? errorNamed(name) : { ready: true, secrets: [] })
  const AcquireLock = { ...acquired, installed: ownCa, hosted: true }
  const { error, calls } = await run({ AcquireLock, PublishDiscovery: { ready: true }, [state]: failing })
  expect(error).toBe('ClustersFailed')
  for (const each of ['RotateThumbprints', 'RenewCertificate', 'CheckVerification', 'ReleaseLock'])
    expect(itemsOf(calls, each), each).toEqual(all)
  expect(inputsOf(calls, 'ReleaseLock')).toMatchObject([{}, { error: name }, {}])
  expect(inputsOf(calls, 'RecordRotation')).toEqual([{ failed: [{ cluster: 'two' }], count: 1 }])
})

test('RenewCredentials also gets the management cluster', async () => {
  const management = { credentialsSecretArn: 'arn:management' }
  const { calls } = await run({ AcquireLock: { ...acquired, installed: ownCa, management } })
  expect(inputsOf(calls, 'RenewCredentials')).toMatchObject([{ management }, { management }, { management }])
})

test('a cluster that cannot be released is reported, and the others continue', async () => {
  const ReleaseLock: StepStub = (call) =>
    payloadOf(call).item === 'one' ? errorNamed('AccessDenied') : { ready: true }
  const { calls } = await run({ ReleaseLock })
  expect(inputsOf(calls, 'RecordRotation')).toMatchObject([{ failed: [{ cluster: 'one', error: 'AccessDenied' }] }])
})

test('a cluster without a provider is skipped', async () => {
  const AcquireLock: StepStub = (call) =>
    payloadOf(call).item === 'two'
      ? { ready: true, acquired: false, skipped: 'no provider' }
      : { ...acquired, installed: { mode: 'managed' } }
  const { status, calls } = await run({ AcquireLock })
  expect(status).toBe('SUCCEEDED')
  for (const state of ['RotateThumbprints', 'BeginVerification', 'ReleaseLock']) {
    expect(itemsOf(calls, state), state).toEqual(['one', 'three'])
  }
})

test('a rotation waits at most ten minutes for a locked cluster, and then skips it', async () => {
  const busy = { ready: false, reason: 'busy', events: [] }
  let observations = 0
  const soonFree: StepStub = () => (observations++ < 2 ? busy : { ...acquired, installed: ownCa })
  const free = await run({ FindClusters: found('one'), AcquireLock: soonFree })
  expect(free.status).toBe('SUCCEEDED')
  expect(itemsOf(free.calls, 'CheckVerification')).toEqual(['one'])

  const two: StepStub = (call) => (payloadOf(call).item === 'two' ? busy : { ...acquired, installed: ownCa })
  const late = await run({ AcquireLock: two })
  expect(late.status).toBe('SUCCEEDED')
  // Each of the two others waits once for its verification.
  expect(secondsOf(late)).toBe(600 + 2 * 5)
  for (const state of ['RotateThumbprints', 'ReleaseLock']) {
    expect(itemsOf(late.calls, state), state).toEqual(['one', 'three'])
  }
})

test.each([
  [ownCa, ['RenewCertificate']],
  [csr, ['ApproveCsr']],
  [{ mode: 'managed' }, []],
  [{ mode: 'none' }, []],
])('a webhook %j leads to the steps %j', async (installed, states) => {
  const { calls } = await run({ AcquireLock: { ...acquired, installed } })
  const called = new Set(calls.map(({ state }) => state))
  expect(['RenewCertificate', 'ApproveCsr'].filter((state) => called.has(state))).toEqual(states)
  for (const input of states.flatMap((state) => inputsOf(calls, state))) {
    expect(input).toMatchObject({ issuerUrl: acquired.issuerUrl })
  }
})

test('the keys of a hosted issuer are published within ten minutes, and a failure affects only its cluster', async () => {
  const hosted = { AcquireLock: { ...acquired, installed: { mode: 'none' }, hosted: true } }
  const { target, issuerUrl } = acquired
  const { calls, status } = await run({ ...hosted, PublishDiscovery: { ready: true } })
  expect(status).toBe('SUCCEEDED')
  expect(inputsOf(calls, 'PublishDiscovery')).toEqual(all.map(() => ({ target, issuerUrl })))
  expect(itemsOf(calls, 'NarrowTrust')).toEqual(itemsOf(calls, 'PublishDiscovery'))

  const waiting = { ready: false, reason: 'a cache still serves the previous keys', events: [] }
  const two: StepStub = (call) => (payloadOf(call).item === 'two' ? waiting : { ready: true })
  const late = await run({ ...hosted, PublishDiscovery: two })
  // Each of the two others waits once for its verification.
  expect(secondsOf(late)).toBe(600 + 2 * 5)
  expect(inputsOf(late.calls, 'ReleaseLock')).toMatchObject([{}, { error: 'DiscoveryNotPublished' }, {}])
  expect(itemsOf(late.calls, 'BeginVerification')).toEqual(['one', 'three'])
})

test('ApproveCsr is repeated until all certificates are signed, for at most two minutes', async () => {
  let observations = 0
  const AcquireLock: StepStub = { ...acquired, installed: csr }
  const FindClusters: StepStub = found('one')
  const waiting = { ready: false, reason: 'they are being signed', events: [] }
  const signed = await run({
    FindClusters,
    AcquireLock,
    ApproveCsr: () => (observations++ < 2 ? waiting : { ready: true }),
  })
  expect({ status: signed.status, observations }).toEqual({ status: 'SUCCEEDED', observations: 3 })

  const late = await run({ FindClusters, AcquireLock, ApproveCsr: waiting })
  expect(inputsOf(late.calls, 'ReleaseLock')).toEqual([
    { error: 'CertificateNotIssued', cause: expect.stringContaining('by the deadline: they are being signed') },
  ])
  expect(secondsOf(late)).toBe(120)
})

test('a rotation waits at most ten minutes for a verification, and succeeds without one', async () => {
  const FindClusters: StepStub = found('one')
  const waiting = { ready: false, reason: 'the verification is running', events: [] }
  const late = await run({ FindClusters, CheckVerification: waiting })
  expect(inputsOf(late.calls, 'ReleaseLock')).toMatchObject([{ error: 'VerificationNotEnded' }])
  expect(secondsOf(late)).toBe(600)

  const none = await run({ FindClusters, BeginVerification: { ready: true, notVerified: 'no setup' } })
  expect(none.status).toBe('SUCCEEDED')
  expect(itemsOf(none.calls, 'CheckVerification')).toEqual([])
})

test('a dry run passes dryRun to every step of a cluster, and starts no verification', async () => {
  const { status, calls } = await run({}, true)
  expect(status).toBe('SUCCEEDED')
  expect(itemsOf(calls, 'BeginVerification')).toEqual([])
  const ofClusters = calls.filter((call) => payloadOf(call).cluster !== undefined)
  expect(ofClusters.length).toBeGreaterThan(10)
  for (const call of ofClusters) expect(call.arguments, call.state).toMatchObject({ Payload: { dryRun: true } })
})

test('a rotation succeeds without clusters, and fails when it cannot list them', async () => {
  const none = await run({ FindClusters: found() })
  expect(none.status).toBe('SUCCEEDED')
  const failed = await run({ FindClusters: errorNamed('AccessDenied') })
  expect(failed.error).toBe('AccessDenied')
})

test('a page of clusters with the longest names that all fail stays within 256 KiB of state, and ten are named', async () => {
  const clusters = Array.from({ length: pageSize }, (_, index) => `${index}-`.padEnd(63, 'c'))
  const fails = Object.assign(errorNamed('AccessDenied'), { message: 'x'.repeat(5000) })
  const { error, calls, heaviest } = await run({ FindClusters: found(...clusters), ReleaseLock: fails })
  expect(error).toBe('ClustersFailed')
  expect(inputsOf(calls, 'RecordRotation')).toMatchObject([
    { count: pageSize, failed: clusters.slice(0, 10).map((cluster) => ({ cluster })) },
  ])
  expect(heaviest.bytes, heaviest.where).toBeLessThan(256 * 1024)
})

test('an execution has at most the number of events that is computed from its definition', async () => {
  const clusters = Array.from({ length: 100 }, (_, index) => `c${index}`)
  const [{ events }, computed] = [await run({ FindClusters: found(...clusters) }), eventsOfRotation(100, never)]
  expect(events).toBeLessThanOrEqual(computed)
  // A batch whose execution fails enters one more state.
  expect(events).toBeGreaterThanOrEqual(computed - 2 * Math.ceil(100 / batchSize))
})

test('a rotation handles all pages of the list, one after the other', async () => {
  const next = { begunAt: '2026-11-25T04:00:00.000Z', after: ' two' }
  const pages: StepStub = (call) => {
    const { place } = payloadOf(call).input as { place?: object }
    return place === undefined ? { ...found('one', 'two'), next } : found('three')
  }
  const { status, calls, names } = await run({ FindClusters: pages })
  expect(status).toBe('SUCCEEDED')
  expect(inputsOf(calls, 'FindClusters')).toEqual([{ oldestBy: 'rotatedAt' }, { oldestBy: 'rotatedAt', place: next }])
  expect(itemsOf(calls, 'ReleaseLock')).toEqual(all)
  expect(names).toEqual(['operation-1-0-0', 'operation-1-1-0'])
})

test('a batch whose execution fails counts all its clusters as failed, and the other batches continue', async () => {
  const many = Array.from({ length: batchSize + 5 }, (_, index) => `c${index}`)
  const early: StepStub = (call) =>
    payloadOf(call).item === 'c3' ? errorNamed('States.Runtime') : { ...acquired, installed: { mode: 'none' } }
  const { error, calls } = await run({ FindClusters: found(...many), AcquireLock: early, ReleaseLock: early })
  expect(error).toBe('ClustersFailed')
  expect(inputsOf(calls, 'RecordRotation')).toMatchObject([
    { count: batchSize, failed: many.slice(0, 10).map((cluster) => ({ cluster })) },
  ])
})
