/** Setups that change a webhook in use. */
import { describe, expect, test } from 'vitest'
import { exampleRequest } from '../support/api/requests.ts'
import { errorNamed, type StepStub } from '../support/workflows/definitions.ts'
import { runSetup } from '../support/workflows/setup-workflow.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const request = exampleRequest('existing-cluster', { 'webhook.image': 'registry/webhook:v2', adopt: true })
const { webhook } = request
const previous = { ...webhook, image: 'registry/webhook:v1', failurePolicy: 'Fail' }
const candidate = { mode: 'own-ca', image: 'registry/webhook:v2', namespace: webhook.namespace, replicas: 2 }
const waiting = { ready: false, reason: 'pod a: ImagePullBackOff', events: [] }

const changed = { ready: true, ...candidate, beside: true }

/**
 * DeployWebhook requests a trial until pods are sent to the candidate.
 *
 * @param restored the answer to the third call, which restores the previous webhook
 */
function deploying(answer: object | Error = changed, restored: object | Error = changed): StepStub {
  let calls = 0
  return () => {
    calls += 1
    if (calls === 1) return { ready: true, ...candidate, trial: true }
    if (calls === 2) return answer
    return calls === 3 ? restored : changed
  }
}

const allWell: Readonly<Record<string, StepStub>> = {
  DeployCandidate: { ready: true, candidate, previous },
  RemoveCandidate: { ready: true, removed: true },
}

const run = (stubs: Readonly<Record<string, StepStub>> = {}) =>
  runSetup(request, { ...allWell, DeployWebhook: deploying(), ...stubs })
const ofWebhook = /Webhook|Candidate|Csr/
const calledStates = (calls: readonly { state: string }[]) =>
  calls.map(({ state }) => state).filter((state) => ofWebhook.test(state))

test('a candidate is tried out, receives pods while the webhook in use is changed, and is then removed', async () => {
  const { status, calls, waits } = await run()
  expect(status).toBe('SUCCEEDED')
  expect(calledStates(calls)).toEqual([
    'DeployWebhook',
    'DeployCandidate',
    'CheckCandidate',
    'SwitchToCandidate',
    'DeployWebhook',
    'CheckWebhook',
    'ActivateWebhook',
    'RemoveCandidate',
    'DeleteCsrs',
  ])
  expect(waits).toEqual([5, 5])
  expect(payloadsOf(calls, 'RecordResult')).toMatchObject([{ input: { failures: [] } }])
  expect(payloadsOf(calls, 'Verify')).not.toHaveLength(0)
})

test('each step gets its part of the request, and the results of earlier steps', async () => {
  const { calls } = await run({ DeployWebhook: deploying({ ready: true, ...candidate, mode: 'csr', beside: true }) })
  const { name, credentialsSecretArn } = request.cluster
  const target = { name, credentialsSecretArn }
  const installed = { ...candidate, mode: 'csr' }
  const inputs = calls.filter(({ state }) => ofWebhook.test(state)).map((call) => [call.state, payloadOf(call).input])
  expect(Object.fromEntries(inputs)).toEqual({
    DeployWebhook: { target, webhook, adopt: true },
    DeployCandidate: { target, webhook, adopt: true },
    CheckCandidate: { target, candidate },
    SwitchToCandidate: { target, candidate, adopt: true },
    ApproveCsr: { target, installed },
    CheckWebhook: { target, installed },
    ActivateWebhook: { target, installed, failurePolicy: webhook.failurePolicy, adopt: true },
    RemoveCandidate: { target },
    DeleteCsrs: { target, installed },
  })
  for (const call of calls.filter(({ state }) => ofWebhook.test(state))) {
    expect(stepInput(call.state).safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
    expect(payloadOf(call).item, call.state).toBeUndefined()
  }
})

test('a webhook that needs no trial is changed directly, without steps for a candidate', async () => {
  const { calls } = await runSetup(request)
  expect(calledStates(calls)).toEqual(['DeployWebhook', 'CheckWebhook', 'ActivateWebhook'])
})

test('the candidate of an earlier setup is removed', async () => {
  const { status, calls } = await run({ DeployWebhook: { ready: true, ...candidate, beside: true } })
  expect(status).toBe('SUCCEEDED')
  expect(calledStates(calls)).toEqual([
    'DeployWebhook',
    'CheckWebhook',
    'ActivateWebhook',
    'RemoveCandidate',
    'DeleteCsrs',
  ])
})

describe('a candidate that does not become ready', () => {
  test('is removed at its deadline, and the webhook in use does not change', async () => {
    const { status, error, calls, waits } = await run({ CheckCandidate: waiting })
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'CandidateNotReady' })
    expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThanOrEqual(600)
    expect([...new Set(calledStates(calls))]).toEqual([
      'DeployWebhook',
      'DeployCandidate',
      'CheckCandidate',
      'RemoveCandidate',
      'DeleteCsrs',
    ])
    expect(payloadsOf(calls, 'RecordResult')).toMatchObject([
      { input: { failures: [{ state: 'CheckCandidate', error: 'CandidateNotReady' }] } },
    ])
  })

  test.each(['DeployCandidate', 'CheckCandidate'])('is removed when %s fails, which is reported', async (state) => {
    const { error, calls } = await run({ [state]: errorNamed('AccessDenied') })
    expect(error).toBe('AccessDenied')
    expect(payloadsOf(calls, 'DeployWebhook')).toHaveLength(1)
    expect(calledStates(calls)).toContain('RemoveCandidate')
  })

  test('does not prevent the roles of the workloads', async () => {
    const { calls } = await run({ CheckCandidate: errorNamed('AccessDenied') })
    expect(payloadsOf(calls, 'BindKsa')).not.toHaveLength(0)
    expect(payloadsOf(calls, 'Verify')).toHaveLength(0)
  })
})

describe('a webhook in use that cannot be changed', () => {
  const csr = { ready: true, ...candidate, mode: 'csr', beside: true }
  const inTheFirstRound =
    (answer: object | Error): StepStub =>
    (call) =>
      payloadOf(call).item === undefined ? answer : { ready: true }

  test.each([
    ['does not become ready', { CheckWebhook: inTheFirstRound(waiting) }, 'WebhookNotReady'],
    ['gets no certificate', { ApproveCsr: inTheFirstRound(waiting) }, 'CertificateNotIssued'],
    ['is refused', { DeployWebhook: deploying(errorNamed('FieldConflict')) }, 'FieldConflict'],
    ['cannot be activated', { ActivateWebhook: inTheFirstRound(errorNamed('AccessDenied')) }, 'AccessDenied'],
    ['cannot be replaced by the candidate', { SwitchToCandidate: errorNamed('CloudUnavailable') }, 'CloudUnavailable'],
  ])('because it %s is restored, and the candidate is removed last', async (_, stubs, expected) => {
    const { status, error, calls } = await run({ DeployWebhook: deploying(csr), ...stubs })
    expect({ status, error }).toEqual({ status: 'FAILED', error: expected })
    const deployed = payloadsOf(calls, 'DeployWebhook')
    expect(deployed.at(-1)).toMatchObject({ item: 'rolled-back', input: { webhook: previous } })
    expect(deployed.filter(({ item }) => item === 'rolled-back')).toHaveLength(1)
    expect(payloadsOf(calls, 'CheckWebhook').at(-1)).toMatchObject({ item: 'rolled-back' })
    expect(payloadsOf(calls, 'ActivateWebhook').at(-1)).toMatchObject({
      item: 'rolled-back',
      input: { failurePolicy: 'Fail' },
    })
    const states = calledStates(calls)
    expect(states.lastIndexOf('RemoveCandidate')).toBeGreaterThan(states.lastIndexOf('ActivateWebhook'))
    expect(payloadsOf(calls, 'Verify')).toHaveLength(0)
  })

  test.each([
    ['does not get ready', { CheckWebhook: errorNamed('AccessDenied') }],
    ['is refused', { DeployWebhook: deploying(errorNamed('FieldConflict'), errorNamed('AccessDenied')) }],
  ])(
    'nor restored, because the previous one %s, retains the candidate, and the first failure is reported',
    async (_, stubs) => {
      const { error, calls } = await run({
        DeployWebhook: deploying(errorNamed('FieldConflict')),
        RemoveCandidate: { ready: true, removed: false },
        ...stubs,
      })
      expect(error).toBe('FieldConflict')
      expect(payloadsOf(calls, 'DeployWebhook')).toHaveLength(3)
      expect(payloadsOf(calls, 'RemoveCandidate')).toHaveLength(1)
    },
  )

  test.each([
    ['DeployWebhook', deploying(errorNamed('FieldConflict')), 2],
    ['SwitchToCandidate', errorNamed('CloudUnavailable'), 1],
  ] as const)(
    'is not restored after a failure of %s when the previous webhook cannot be installed any more',
    async (state, answer, times) => {
      const { calls } = await run({ DeployCandidate: { ready: true, candidate }, [state]: answer })
      expect(payloadsOf(calls, 'DeployWebhook')).toHaveLength(times)
      expect(calledStates(calls)).toContain('RemoveCandidate')
    },
  )
})

test.each(['RemoveCandidate', 'DeleteCsrs'])(
  'a failure of %s fails the setup, after its workloads are verified',
  async (state) => {
    const { status, error, calls } = await run({ [state]: errorNamed('AccessDenied') })
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'AccessDenied' })
    expect(payloadsOf(calls, 'Verify')).not.toHaveLength(0)
    expect(calls.filter((call) => call.state === 'RemoveCandidate')).toHaveLength(1)
  },
)
