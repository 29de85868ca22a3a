import { describe, expect, test } from 'vitest'
import { definition, errorNamed, runStubbed, type StepStub } from '../support/definitions.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflow-parts.ts'

const upgrade = definition('upgrade-webhook')

const webhook = {
  mode: 'install',
  certificate: 'own-ca',
  image: 'registry/webhook:v2',
  namespace: 'webhooks',
  failurePolicy: 'Ignore',
}
const previous = { ...webhook, image: 'registry/webhook:v1' }
const installed = { mode: 'own-ca', image: 'registry/webhook:v2', namespace: 'webhooks', replicas: 2 }
const request = {
  cluster: { name: 'prod-eu', provider: 'existing', credentialsSecretArn: 'arn:secret', readyTimeoutMinutes: 60 },
  webhook: { ...webhook, namespace: undefined },
  adopt: false,
  restart: false,
  dryRun: false,
}
const unmutated = [
  {
    namespace: 'default',
    serviceAccount: 'reader',
    controller: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'reports' },
    pods: ['reports-1'],
    count: 1,
  },
]

const allWell: Readonly<Record<string, StepStub>> = {
  CheckCluster: { ready: true, issuerUrl: 'https://issuer.example', kubernetesMinor: 33 },
  DeployCandidate: { ready: true, trial: true, candidate: installed, webhook, previous },
  CheckCandidate: { ready: true },
  SwitchToCandidate: { ready: true },
  DeployWebhook: { ready: true, ...installed },
  ApproveCsr: { ready: true },
  CheckWebhook: { ready: true },
  ActivateWebhook: { ready: true },
  RemoveCandidate: { ready: true, removed: true },
  DeleteRequests: { ready: true },
  FindUnmutatedPods: { ready: true, unmutated, unseen: [] },
  RestartControllers: { ready: true, remaining: [] },
  RecordWebhook: { ready: true },
  RecordUpgrade: { ready: true, restarted: true },
  RecordFailure: { ready: true, object: 'the object', reason: 'it broke', action: 'Correct it' },
  NotifyFailed: { MessageId: '1' },
}

const run = (stubs: Readonly<Record<string, StepStub>> = {}, asked: object = {}) =>
  runStubbed(upgrade, { ...request, ...asked }, { ...allWell, ...stubs })
const calledStates = (calls: readonly { state: string }[]) => calls.map(({ state }) => state)
const waiting = { ready: false, reason: 'pod a: ImagePullBackOff', events: [] }

/** Until pods are sent back, what is beside stays. */
function keptUntilBack(): StepStub {
  let isBack = false
  return (call) => {
    if (call.state === 'ActivateWebhook') isBack = true
    return { ready: true, removed: isBack }
  }
}

test('each step is given what the request says, and what the steps before it have found', async () => {
  const strict = { ...webhook, failurePolicy: 'Fail' }
  const asked = {
    cluster: { ...request.cluster, proxyUrl: 'http://bastion.example:8118' },
    webhook: strict,
    installed: { ...installed, image: 'registry/webhook:v1' },
    discovery: { bucket: 'the-bucket' },
    adopt: true,
    restart: true,
  }
  const { calls } = await run(
    { DeployCandidate: { ready: true, trial: true, candidate: installed, webhook: strict } },
    asked,
  )
  const { readyTimeoutMinutes: _, ...cluster } = asked.cluster
  const { provider: __, ...target } = cluster
  const given = calls
    .filter(({ state }) => !state.startsWith('Notify'))
    .map((call) => [call.state, payloadOf(call).input])
  expect(Object.fromEntries(given)).toEqual({
    CheckCluster: { cluster, bucket: 'the-bucket', needs: { upgrade: true, webhook: strict, workloads: [] } },
    DeployCandidate: { target, webhook: strict, installed: asked.installed, adopt: true },
    CheckCandidate: { target, candidate: installed },
    SwitchToCandidate: { target, candidate: installed, adopt: true },
    DeployWebhook: { target, webhook: strict, adopt: true },
    CheckWebhook: { target, installed },
    ActivateWebhook: { target, installed, failurePolicy: 'Fail', adopt: true },
    RecordWebhook: { webhook: strict, installed },
    RemoveCandidate: { target },
    DeleteRequests: { target, installed },
    FindUnmutatedPods: { target, installed },
    RestartControllers: { target, unmutated, at: expect.any(String) },
    RecordUpgrade: { remaining: [] },
  })
})

test('the new version is tried out, serves while the one in use is changed, and goes when that serves again', async () => {
  const { status, calls } = await run()
  expect(status).toBe('SUCCEEDED')
  expect(calledStates(calls)).toEqual([
    'CheckCluster',
    'DeployCandidate',
    'CheckCandidate',
    'SwitchToCandidate',
    'DeployWebhook',
    'CheckWebhook',
    'ActivateWebhook',
    'RecordWebhook',
    'RemoveCandidate',
    'DeleteRequests',
    'FindUnmutatedPods',
    'RecordUpgrade',
  ])
  expect(payloadsOf(calls, 'DeployWebhook')).toMatchObject([{ input: { webhook } }])
  expect(payloadsOf(calls, 'RecordWebhook')).toMatchObject([{ input: { webhook, installed } }])
  expect(payloadsOf(calls, 'RecordUpgrade')).toMatchObject([{ input: { remaining: [] } }])
})

test('every step is given what it takes', async () => {
  const csr = { ...installed, mode: 'csr' }
  const { calls } = await run({ DeployWebhook: { ready: true, ...csr } }, { restart: true, installed })
  expect(new Set(calledStates(calls))).toEqual(
    new Set(Object.keys(allWell).filter((state) => !/Failure|Failed/.test(state))),
  )
  for (const call of calls) {
    expect(stepInput(call.state).safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
  }
})

test('what is installed already is not tried out, and no pod is sent elsewhere', async () => {
  const { status, calls } = await run({
    DeployCandidate: { ready: true, trial: false, candidate: installed, webhook, previous },
  })
  expect(status).toBe('SUCCEEDED')
  expect(calledStates(calls)).not.toContain('SwitchToCandidate')
})

test('controllers are restarted only when that is asked for and there are any', async () => {
  expect(calledStates((await run()).calls)).not.toContain('RestartControllers')
  const restarting = await run({}, { restart: true })
  expect(payloadsOf(restarting.calls, 'RestartControllers')).toMatchObject([{ input: { unmutated } }])
  const none = await run({ FindUnmutatedPods: { ready: true, unmutated: [], unseen: [] } }, { restart: true })
  expect(calledStates(none.calls)).not.toContain('RestartControllers')
})

describe('a new version that serves', () => {
  test.each(['RemoveCandidate', 'DeleteRequests', 'FindUnmutatedPods', 'RestartControllers'])(
    'is recorded, also when %s fails',
    async (state) => {
      const { error, calls } = await run({ [state]: errorNamed('AccessDenied') }, { restart: true })
      expect(error).toBe('AccessDenied')
      expect(payloadsOf(calls, 'RecordWebhook')).toMatchObject([{ input: { webhook, installed } }])
      expect(calledStates(calls)).not.toContain('RecordUpgrade')
    },
  )

  test('and could not be recorded leaves nothing beside it', async () => {
    const { error, calls } = await run({ RecordWebhook: errorNamed('AccessDenied') })
    expect(error).toBe('AccessDenied')
    expect(payloadsOf(calls, 'DeployWebhook')).toHaveLength(1)
    expect(calledStates(calls)).toContain('RemoveCandidate')
  })

  test('has an upgrade that fails with what RecordUpgrade says of the controllers that are left', async () => {
    const remaining = [{ name: 'AccessDenied', object: 'Deployment a/b', reason: 'it may not be', action: 'Allow it' }]
    const cause = JSON.stringify({ errorMessage: JSON.stringify({ ...remaining[0], step: 'RestartControllers' }) })
    const stubs = {
      RestartControllers: { ready: true, remaining },
      RecordUpgrade: { ready: true, restarted: false, error: 'AccessDenied', cause },
    }
    const { status, error, calls } = await run(stubs, { restart: true })
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'AccessDenied' })
    expect(payloadsOf(calls, 'RecordUpgrade')).toMatchObject([{ input: { remaining } }])
    expect(payloadsOf(calls, 'RecordFailure')).toMatchObject([{ input: { error: 'AccessDenied', cause } }])
  })
})

describe('a new version that does not become ready', () => {
  test('is waited for until its deadline, then taken away, and the webhook in use is not touched', async () => {
    const { status, error, calls, waits } = await run({ CheckCandidate: waiting })
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'CandidateNotReady' })
    expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThanOrEqual(600)
    const states = calledStates(calls)
    expect(states).toContain('RemoveCandidate')
    for (const state of ['SwitchToCandidate', 'DeployWebhook', 'ActivateWebhook', 'RecordWebhook', 'RecordUpgrade']) {
      expect(states).not.toContain(state)
    }
    expect(payloadsOf(calls, 'RecordFailure')).toMatchObject([
      { input: { error: 'CandidateNotReady', cause: expect.stringContaining(`by the deadline: ${waiting.reason}`) } },
    ])
  })

  test.each(['DeployCandidate', 'CheckCandidate'])(
    'is taken away when %s fails, and its error is the one told',
    async (state) => {
      const { error, calls } = await run({ [state]: errorNamed('AccessDenied') })
      expect(error).toBe('AccessDenied')
      expect(calledStates(calls)).toContain('RemoveCandidate')
      expect(calledStates(calls)).not.toContain('DeployWebhook')
    },
  )
})

describe('a webhook in use that cannot be changed', () => {
  const inTheFirstRound =
    (answer: object | Error): StepStub =>
    (call) =>
      payloadOf(call).item === undefined ? answer : { ready: true, ...installed }

  test.each([
    ['does not become ready', { CheckWebhook: inTheFirstRound(waiting) }, 'WebhookNotReady'],
    ['gets no certificate', { ApproveCsr: inTheFirstRound(waiting) }, 'CertificateNotIssued'],
    ['is refused', { DeployWebhook: inTheFirstRound(errorNamed('FieldConflict')) }, 'FieldConflict'],
    ['cannot be sent pods', { ActivateWebhook: inTheFirstRound(errorNamed('AccessDenied')) }, 'AccessDenied'],
  ])('and %s is put back as it was, and what served meanwhile goes last', async (_, stubs, expected) => {
    const kept = keptUntilBack()
    const csr = { ready: true, ...installed, mode: 'csr' }
    const both: Record<string, StepStub> = { DeployWebhook: csr, ...stubs }
    const activate = both.ActivateWebhook
    const { error, calls } = await run({
      ...both,
      ActivateWebhook: (call) => {
        const answer = typeof activate === 'function' ? activate(call) : { ready: true }
        if (!(answer instanceof Error) && typeof kept === 'function') kept(call)
        return answer
      },
      RemoveCandidate: kept,
    })
    expect(error).toBe(expected)
    const deployed = payloadsOf(calls, 'DeployWebhook')
    expect(deployed).toMatchObject([{ input: { webhook } }, { item: 'rolled-back', input: { webhook: previous } }])
    const states = calledStates(calls)
    expect(states.lastIndexOf('RemoveCandidate')).toBeGreaterThan(states.lastIndexOf('ActivateWebhook'))
    expect(states).not.toContain('RecordWebhook')
    expect(states).not.toContain('RecordUpgrade')
  })

  test('nor be put back leaves pods with the one beside, and tells the first failure', async () => {
    const { error, calls } = await run({
      DeployWebhook: (call) => errorNamed(payloadOf(call).item === undefined ? 'FieldConflict' : 'AccessDenied'),
      RemoveCandidate: { ready: true, removed: false },
    })
    expect(error).toBe('FieldConflict')
    expect(payloadsOf(calls, 'DeployWebhook')).toHaveLength(2)
    expect(payloadsOf(calls, 'RemoveCandidate')).toHaveLength(2)
  })

  test('is not put back when what was there cannot be installed any more', async () => {
    const { calls } = await run({
      DeployCandidate: { ready: true, trial: true, candidate: installed, webhook },
      DeployWebhook: errorNamed('FieldConflict'),
      RemoveCandidate: { ready: true, removed: false },
    })
    expect(payloadsOf(calls, 'DeployWebhook')).toHaveLength(1)
  })
})

test('a cluster that is not there is not waited for', async () => {
  const { error, waits } = await run({ CheckCluster: { ready: false, reason: 'put the kubeconfig', events: [] } })
  expect({ error, waits }).toEqual({ error: 'ClusterNotReady', waits: [] })
})

describe('a dry run', () => {
  const dryRun = { dryRun: true }

  test('reports what the steps that change the webhook would do, and tries nothing out', async () => {
    const { status, calls } = await run({}, { ...dryRun, restart: true })
    expect(status).toBe('SUCCEEDED')
    expect(calledStates(calls)).toEqual([
      'CheckCluster',
      'DeployCandidate',
      'DeployWebhook',
      'ActivateWebhook',
      'FindUnmutatedPods',
      'RestartControllers',
      'RecordUpgrade',
    ])
    expect(calls.map((call) => payloadOf(call).dryRun)).toEqual(calls.map(() => true))
  })

  test('of a webhook that asks the cluster for its certificate does not wait for one', async () => {
    const { status, calls } = await run({ DeployWebhook: { ready: true, ...installed, mode: 'csr' } }, dryRun)
    expect(status).toBe('SUCCEEDED')
    expect(calledStates(calls)).not.toContain('ApproveCsr')
  })

  test.each(['DeployCandidate', 'DeployWebhook', 'ActivateWebhook'])(
    'that %s refuses fails with its error, and has nothing to remove',
    async (state) => {
      const { status, error, calls } = await run({ [state]: errorNamed('OwnershipConflict') }, dryRun)
      expect({ status, error }).toEqual({ status: 'FAILED', error: 'OwnershipConflict' })
      expect(calledStates(calls)).not.toContain('RemoveCandidate')
    },
  )
})
