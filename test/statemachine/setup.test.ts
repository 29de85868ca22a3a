import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { failureOf } from '../../lambdas/operations/reconcile/operation-end.ts'
import { exampleRequest } from '../support/api/requests.ts'
import { errorNamed, type StepStub } from '../support/workflows/definitions.ts'
import { allWell, runSetup, setupMachine } from '../support/workflows/setup-workflow.ts'
import type { WorkflowRun } from '../support/workflows/workflow.ts'
import type { State } from '../support/workflows/workflow-machine.ts'
import { lambdaTasksOf, payloadOf, payloadsOf, statesOf, stepInput } from '../support/workflows/workflow-parts.ts'

const all = statesOf(setupMachine)
const lambdaTasks = lambdaTasksOf(setupMachine)
/** The steps that run once for each workload. */
const stepsOfWorkloads = all.flatMap(([name, { ItemProcessor }]) =>
  ItemProcessor && name !== 'RemoveWorkloads' ? lambdaTasksOf(ItemProcessor).map(([step]) => step) : [],
)
const mostTransitions = ({ workloads }: { readonly workloads: readonly unknown[] }) =>
  27 + (stepsOfWorkloads.length + 1) * workloads.length
const retryFields = { IntervalSeconds: z.number(), BackoffRate: z.number(), MaxDelaySeconds: z.number() }

test.each(['setup', 'csr-cluster', 'existing-cluster', 'kubeadm', 'twenty-workloads'] as const)(
  'the example %s makes at most 27 transitions, and for each workload one more than its number of steps',
  async (example) => {
    const request = exampleRequest(example)
    const run = await runSetup(request)
    expect(run.status).toBe('SUCCEEDED')
    expect(run.entered.length).toBeLessThanOrEqual(mostTransitions(request))
  },
)

test.each(['DeployWebhook', 'CheckWebhook', 'ActivateWebhook', 'RegisterOidc', 'CreateRole', 'Verify'])(
  'the failure of a setup has the cause of the failure of %s',
  async (state) => {
    const run = await runSetup(exampleRequest('setup'), { [state]: errorNamed('Lambda.AWSLambdaException') })
    expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
      failures: [{ state, cause: expect.stringContaining('Lambda.AWSLambdaException happened') }],
    })
  },
)

test('a setup with certificate requests makes no more transitions', async () => {
  const request = exampleRequest('csr-cluster')
  const run = await runSetup(request, { DeployWebhook: installed('csr') })
  expect(run.entered).toContain('ApproveCsr')
  expect(run.entered.length).toBeLessThanOrEqual(mostTransitions(request))
})

test.each(['setup', 'existing-cluster', 'kubeadm', 'twenty-workloads'] as const)(
  'every step of the example %s accepts each field of its input',
  async (example) => {
    const run = await runSetup(exampleRequest(example))
    for (const call of run.calls) {
      const payload = payloadOf(call)
      const input = stepInput(call.state)
      const { data, error } = input.safeParse(payload.input)
      expect(error, call.state).toBeUndefined()
      expect(Object.keys(Object(data)), call.state).toEqual(expect.arrayContaining(Object.keys(Object(payload.input))))
      expect(payload).toMatchObject({ operationId: 'operation-1', state: call.state, attempt: 0 })
    }
  },
)

test('a workload is proved with its own role when an earlier one has no role', async () => {
  const { workloads, ...rest } = exampleRequest('twenty-workloads')
  const items = workloads.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`)
  const fails: StepStub = (call) =>
    payloadOf(call).item === items[1]
      ? errorNamed('OwnershipConflict')
      : { ready: true, roleArn: `role of ${payloadOf(call).item}` }
  const { calls } = await runSetup({ ...rest, workloads }, { CreateRole: fails })
  const proved = payloadsOf(calls, 'Verify').map(({ item, input }) => [
    item,
    Object(input).workload,
    Object(input).roleArn,
  ])
  expect(proved).toEqual(workloads.flatMap((one, at) => (at === 1 ? [] : [[items[at], one, `role of ${items[at]}`]])))
})

describe('removed workloads', () => {
  const removed = [
    { namespace: 'a', serviceAccount: 'one' },
    { namespace: 'a', serviceAccount: 'two' },
    { namespace: 'b', serviceAccount: 'one' },
  ]
  const request = { ...exampleRequest('setup'), removed }

  test('are deleted last, each service account before its role', async () => {
    const run = await runSetup(request)
    expect(run.status).toBe('SUCCEEDED')
    const states = run.calls.map(({ state }) => state)
    expect(states.lastIndexOf('Verify')).toBeLessThan(states.indexOf('UnbindKsa'))
    expect(states.filter((state) => state === 'DeleteRole')).toHaveLength(3)
    const unbound = payloadsOf(run.calls, 'UnbindKsa').map(({ item, input }) => [item, Object(input).accounts])
    expect(unbound).toEqual([
      ['a/one', ['one', 'two']],
      ['a/two', ['one', 'two']],
      ['b/one', ['one']],
    ])
    expect(payloadsOf(run.calls, 'DeleteRole').map(({ input }) => input)).toMatchObject(
      removed.map((workload) => ({ workload, force: false, clusterName: request.cluster.name })),
    )
    expect(payloadsOf(run.calls, 'RecordResult')).toMatchObject([{ input: { failures: [], removed } }])
    expect(payloadsOf(run.calls, 'CheckCluster')).toMatchObject([{ input: { needs: { removed } } }])
  })

  test.each(['CreateRole', 'BindKsa', 'Verify', 'DeployWebhook'])('stay when %s fails', async (state) => {
    const run = await runSetup(request, { [state]: errorNamed('VerificationFailed') })
    expect(run.status).toBe('FAILED')
    expect(run.calls.map((call) => call.state)).not.toContain('UnbindKsa')
  })

  test('are deleted when one of them fails, and the setup fails with its error', async () => {
    const fails: StepStub = (call) =>
      payloadOf(call).item === 'a/two' ? errorNamed('FieldConflict') : { ready: true, remaining: [] }
    const run = await runSetup(request, { UnbindKsa: fails })
    expect(run).toMatchObject({ status: 'FAILED', error: 'FieldConflict' })
    expect(payloadsOf(run.calls, 'DeleteRole').map(({ item }) => item)).toEqual(['a/one', 'b/one'])
  })

  test('need no steps when there are none', async () => {
    const { calls } = await runSetup(exampleRequest('setup'))
    expect(calls.map(({ state }) => state)).not.toContain('UnbindKsa')
    expect(payloadsOf(calls, 'RecordResult')[0]?.input).toEqual({ failures: [] })
  })
})

test('each step gets its part of the request, and the results of earlier steps', async () => {
  const request = exampleRequest('setup', {
    'webhook.failurePolicy': 'Fail',
    'cluster.proxyUrl': 'http://bastion.example:8118',
    adopt: true,
  })
  const { calls } = await runSetup(request, { DeployWebhook: installed('csr') })
  const { adopt, discovery, cluster, webhook, workloads } = request
  const { name: clusterName, management, spec, nodePools, provider, credentialsSecretArn, proxyUrl } = cluster
  const target = { name: clusterName, credentialsSecretArn, proxyUrl }
  const { mode, image, namespace, replicas } = Object(installed('csr'))
  const deployed = { mode, image, namespace, replicas }
  const [workload] = workloads
  const roleArn = expect.stringContaining(`${workload?.namespace}-${workload?.serviceAccount}`)
  const inputs = calls.map((call) => [call.state, payloadOf(call).input])
  expect(Object.fromEntries(inputs)).toMatchObject({
    CreateBucket: { clusterName, discovery, adopt },
    ApplyCluster: { clusterName, management, spec, nodePools, bucket: discovery?.bucket, adopt },
    CheckCluster: {
      cluster: {
        name: clusterName,
        provider,
        management,
        credentialsSecretArn,
        proxyUrl,
        hosted: false,
        acceptRefusedTokens: false,
      },
      bucket: discovery?.bucket,
      applied: true,
    },
    DeployWebhook: { target, webhook, adopt },
    ApproveCsr: { target, installed: deployed },
    CheckWebhook: { target, installed: deployed },
    ActivateWebhook: { target, installed: deployed, failurePolicy: 'Fail', adopt },
    RegisterOidc: { clusterName, adopt },
    CreateRole: { clusterName, workload, adopt },
    BindKsa: { target, webhook, workload, roleArn, adopt },
    Verify: { target, roleArn, workload, installed: deployed },
    RecordResult: { failures: [] },
  })
})

test('the keys of a cluster with a hosted issuer are published before its issuer is checked', async () => {
  const request = exampleRequest('kubeadm')
  const { name, credentialsSecretArn, issuerUrl } = request.cluster
  const { calls } = await runSetup(request, { PublishDiscovery: readyAfter(1) })
  expect(calls.map(({ state }) => state).slice(0, 3)).toEqual(['PublishDiscovery', 'PublishDiscovery', 'CheckCluster'])
  expect(payloadsOf(calls, 'PublishDiscovery')[0]?.input).toMatchObject({
    target: { name, credentialsSecretArn },
    issuerUrl,
    needs: { workloads: [{ namespace: 'default', serviceAccount: 's3-reader' }] },
  })
  expect(payloadsOf(calls, 'CheckCluster')[0]?.input).toMatchObject({ cluster: { issuerUrl, hosted: true } })
})

test('a setup fails with the last reason when the keys are not published by the deadline', async () => {
  const waiting = { ready: false, reason: 'a cache still serves the previous keys', events: [] }
  const run = await runSetup(exampleRequest('kubeadm'), { PublishDiscovery: waiting })
  expect(run).toMatchObject({ status: 'FAILED', error: 'DiscoveryNotPublished' })
  expect(run.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(3600)
})

test('a setup waits for the change of the issuer after the service accounts are bound, and before the proof', async () => {
  const request = exampleRequest('kubeadm')
  const { name, credentialsSecretArn } = request.cluster
  const { calls } = await runSetup(request, { CheckIssuer: readyAfter(2) })
  const states = calls.map(({ state }) => state)
  expect(states.filter((state) => state === 'CheckIssuer')).toHaveLength(3)
  expect(states.indexOf('CheckIssuer')).toBeGreaterThan(states.indexOf('BindKsa'))
  expect(states.lastIndexOf('CheckIssuer')).toBeLessThan(states.indexOf('Verify'))
  expect(payloadsOf(calls, 'CheckIssuer')[0]?.input).toEqual({ target: { name, credentialsSecretArn } })
})

test('a setup does not request the change of the issuer after a failure', async () => {
  const run = await runSetup(exampleRequest('kubeadm'), { CreateRole: errorNamed('OwnershipConflict') })
  expect(run.calls.map(({ state }) => state)).not.toContain('CheckIssuer')
})

test('a setup fails when the issuer is not changed by the deadline', async () => {
  const waiting = { ready: false, reason: 'set --service-account-issuer', events: [] }
  const run = await runSetup(exampleRequest('kubeadm'), { CheckIssuer: waiting })
  expect(run).toMatchObject({ status: 'FAILED', error: 'IssuerNotChanged' })
  expect(run.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(3600)
})

test('the steps for certificate requests and failures accept their input', async () => {
  const csr = await runSetup(exampleRequest('csr-cluster'), { DeployWebhook: installed('csr') })
  const failed = await runSetup(exampleRequest('setup'), { RegisterOidc: errorNamed('OwnershipConflict') })
  for (const call of [...csr.calls, ...failed.calls].filter(({ state }) => /^(ApproveCsr|Record)/.test(state))) {
    const input = stepInput(call.state)
    expect(input.safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
  }
})

test('an existing cluster gets no bucket and is not applied', async () => {
  const { entered } = await runSetup(exampleRequest('existing-cluster'))
  expect(entered).not.toContain('CreateBucket')
  expect(entered).not.toContain('ApplyCluster')
})

test.each(['managed', 'none'])('in mode %s the setup does not change the webhook', async (mode) => {
  const run = await runSetup(exampleRequest('existing-cluster'), { DeployWebhook: { ready: true, mode } })
  expect(run.status).toBe('SUCCEEDED')
  expect(run.calls.map(({ state }) => state)).not.toEqual(expect.arrayContaining(['CheckWebhook']))
  expect(payloadsOf(run.calls, 'Verify')[0]?.input).toMatchObject({ installed: { mode } })
})

test('CheckCluster is repeated with increasing delays until the cluster is ready', async () => {
  const request = exampleRequest('setup', { 'cluster.readyTimeoutMinutes': 720 })
  const run = await runSetup(request, { CheckCluster: readyAfter(300, { kubernetesMinor: 33 }) })
  expect(run.status).toBe('SUCCEEDED')
  expect(run.waits.slice(0, 8)).toEqual([5, 7, 11, 15, 15, 15, 15, 16])
  expect(waitAfter(run.waits, 600)).toBe(21)
  expect(waitAfter(run.waits, 3600)).toBe(51)
  expect(run.waits.at(-1)).toBe(90)
})

/** The wait that is running after this many seconds of waits. */
function waitAfter(waits: readonly number[], seconds: number): number | undefined {
  let waited = 0
  return waits.find((wait) => {
    waited += wait
    return waited > seconds
  })
}

test('a setup fails when the cluster is not ready by the deadline', async () => {
  const waiting = { ready: false, reason: 'put the kubeconfig into the secret', events: [] }
  const request = exampleRequest('setup', { 'cluster.readyTimeoutMinutes': 720 })
  const run = await runSetup(request, { CheckCluster: waiting })
  expect(run).toMatchObject({ status: 'FAILED', error: 'ClusterNotReady' })
  expect(run.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(720 * 60)
})

test.each([
  ['ApproveCsr', 'CertificateNotIssued'],
  ['CheckWebhook', 'WebhookNotReady'],
])('%s that keeps waiting fails the setup with %s after ten minutes', async (state, error) => {
  const waiting = { ready: false, reason: 'nobody knows', events: [] }
  const run = await runSetup(exampleRequest('csr-cluster'), { DeployWebhook: installed('csr'), [state]: waiting })
  expect(run).toMatchObject({ status: 'FAILED', error })
  expect(run.waits.reduce((sum, seconds) => sum + seconds, 0)).toBe(600)
})

test('the delays of CheckWebhook begin anew after a slow certificate', async () => {
  const run = await runSetup(exampleRequest('csr-cluster'), {
    DeployWebhook: installed('csr'),
    ApproveCsr: readyAfter(4),
    CheckWebhook: readyAfter(2),
  })
  expect(run.waits).toEqual([2, 3, 4, 6, 2, 3])
})

test('a killed function is retried', async () => {
  const run = await runSetup(exampleRequest('setup'), { CreateRole: failing('Runtime.ExitError', 1) })
  expect(run.status).toBe('SUCCEEDED')
})

test('Verify is retried for about two minutes until IAM is consistent', async () => {
  const retrier = z
    .object({ ...retryFields, MaxAttempts: z.number() })
    .parse(taskNamed('Verify').Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('NotYetConsistent')))
  const longest = Array.from({ length: retrier.MaxAttempts }, (_, attempt) =>
    Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** attempt, retrier.MaxDelaySeconds),
  ).reduce((sum, seconds) => sum + seconds, 0)
  // The average of full jitter is half of the delay.
  expect(longest / 2).toBeGreaterThan(110)
  expect(longest / 2).toBeLessThan(150)
})

// test/statemachine/webhook-change.test.ts tests failures of the steps that change a webhook in use.
const ofWebhookChange = /Candidate$|^DeleteCsrs$/
test.each(lambdaTasks.map(([name]) => name).filter((name) => !ofWebhookChange.test(name)))(
  'a failure of %s fails the execution with its error and cause, which the reconciler records',
  async (state) => {
    const stubs = { DeployWebhook: installed('csr'), [state]: errorNamed('AccessDenied') }
    const example = ['PublishDiscovery', 'CheckIssuer'].includes(state) ? 'kubeadm' : 'csr-cluster'
    const removed = [{ namespace: 'default', serviceAccount: 'removed' }]
    const run = await runSetup({ ...exampleRequest(example), removed }, stubs)
    expect(run).toMatchObject({
      status: 'FAILED',
      error: 'AccessDenied',
      cause: expect.stringContaining('AccessDenied'),
    })
  },
)

describe('a failure in a setup', () => {
  const twenty = exampleRequest('twenty-workloads')
  const failingFor = (step: string, index: number): StepStub => {
    const { namespace, serviceAccount } = twenty.workloads[index] ?? {}
    const well = allWell[step]
    return (call) => {
      if (payloadOf(call).item === `${namespace}/${serviceAccount}`) return errorNamed('OwnershipConflict')
      return typeof well === 'function' ? well(call) : (well ?? {})
    }
  }
  const failureRecorded = ({ error, cause }: WorkflowRun) => failureOf({ error, cause }, 'prod-eu', [])

  test.each(stepsOfWorkloads)('of %s for one workload does not affect the others and the webhook', async (step) => {
    const run = await runSetup(twenty, { [step]: failingFor(step, 3) })
    expect(run).toMatchObject({ status: 'FAILED', error: 'OwnershipConflict' })
    const { namespace, serviceAccount } = twenty.workloads[3] ?? {}
    expect(failureRecorded(run)).toMatchObject({ step, item: `${namespace}/${serviceAccount}` })
    expect(payloadsOf(run.calls, 'ActivateWebhook')).toHaveLength(1)
    expect(payloadsOf(run.calls, 'Verify')).toHaveLength(step === 'Verify' ? 20 : 19)
  })

  test('of the webhook does not affect the roles and service accounts, but skips the proofs', async () => {
    const run = await runSetup(twenty, { ActivateWebhook: errorNamed('OwnershipConflict') })
    expect(failureRecorded(run)).toMatchObject({ name: 'OwnershipConflict', step: 'ActivateWebhook' })
    expect(payloadsOf(run.calls, 'BindKsa')).toHaveLength(20)
    expect(payloadsOf(run.calls, 'Verify')).toEqual([])
  })

  test('of the provider does not affect the webhook, but skips the roles', async () => {
    const run = await runSetup(twenty, { RegisterOidc: errorNamed('OwnershipConflict') })
    expect(failureRecorded(run)).toMatchObject({ name: 'OwnershipConflict', step: 'RegisterOidc' })
    expect(payloadsOf(run.calls, 'ActivateWebhook')).toHaveLength(1)
    expect(payloadsOf(run.calls, 'CreateRole')).toEqual([])
  })

  test('is reported with all other failures', async () => {
    const stubs = { CheckWebhook: errorNamed('AccessDenied'), CreateRole: failingFor('CreateRole', 5) }
    const { step, reason } = failureRecorded(await runSetup(twenty, stubs))
    const { namespace, serviceAccount } = twenty.workloads[5] ?? {}
    expect(step).toBe('CheckWebhook')
    expect(reason).toContain(`other failures: CreateRole of ${namespace}/${serviceAccount} (OwnershipConflict on `)
  })
})

test('an error of Step Functions is recorded with its name, although no Fail state can raise it', async () => {
  const run = await runSetup(exampleRequest('setup'), { RegisterOidc: errorNamed('States.Timeout') })
  expect(run).toMatchObject({ status: 'FAILED', error: 'Workflow.Timeout' })
  expect(failureOf(run, 'prod-eu', [])).toMatchObject({
    name: 'States.Timeout',
    step: 'RegisterOidc',
  })
})

function taskNamed(name: string): State {
  const observed = all.find(([candidate]) => candidate === name)
  if (!observed) throw new Error(`no state ${name}`)
  return observed[1]
}

function installed(mode: string): object {
  return { ready: true, mode, image: 'webhook:v0.3.0', namespace: 'workload-identity-webhook', replicas: 2 }
}

/** A step that waits `times` times, and then is ready. */
function readyAfter(times: number, output: object = {}): StepStub {
  let observations = 0
  return () => (observations++ < times ? { ready: false, reason: 'not yet', events: [] } : { ready: true, ...output })
}

/** A step that fails `times` times, and then succeeds. */
function failing(error: string, times: number): StepStub {
  let calls = 0
  return () => (calls++ < times ? errorNamed(error) : { ready: true, roleArn: 'arn', providerArn: 'arn' })
}
