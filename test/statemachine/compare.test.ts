import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { stepErrors } from '../../lambdas/errors/step-errors.ts'
import { comparedRequest } from '../../lambdas/steps/compared-request.ts'
import { comparedDescriptions } from '../../lambdas/workflows/comparison/compared-steps.ts'
import { comparedSteps } from '../../lambdas/workflows/comparison/comparison.ts'
import { exampleRequest } from '../support/api/requests.ts'
import { compareMachine, runCompare } from '../support/workflows/compare-workflow.ts'
import { errorNamed } from '../support/workflows/definitions.ts'
import { runSetup } from '../support/workflows/setup-workflow.ts'
import type { TaskCall } from '../support/workflows/workflow.ts'
import { lambdaTasksOf, payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const writeList = 'run "npm run docs", which writes lambdas/workflows/comparison/compared-steps.ts'
const comparedStates = comparedDescriptions.map(({ state }) => state)

const plan = exampleRequest('setup')
const [workload] = plan.workloads
const item = `${workload?.namespace}/${workload?.serviceAccount}`
const known = {
  facts: { issuerUrl: 'https://issuer.example', jwksUri: 'https://issuer.example/jwks', kubernetesMinor: 33 },
  providerArn: 'arn:known-provider',
  installed: { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'workload-identity-webhook', replicas: 2 },
  roleArns: { [item]: 'arn:known-role' },
}
const drift = { ...plan, known }
const away = { ready: false, reason: 'put the kubeconfig into the secret', events: [] }

test.each(['setup', 'csr-cluster', 'existing-cluster', 'kubeadm', 'twenty-workloads'] as const)(
  'the steps of the example %s get the same input as in a setup, and run as dry runs',
  async (example) => {
    const request = exampleRequest(example)
    const [run, setup] = await Promise.all([runCompare(request), runSetup(request)])
    expect(run.status).toBe('SUCCEEDED')
    const inSetup = callsOf(setup.calls).filter(
      ({ state }) => !/^(ObserveCluster|CheckIssuer|Verify|Record)/.test(state),
    )
    const compared = callsOf(run.calls).filter(({ state }) => !state.startsWith('Record'))
    expect(compared).toEqual(inSetup)
    expect(dryRuns(run.calls)).toEqual(compared.map(() => true))
  },
)

const inPlans = lambdaTasksOf(compareMachine)
  .map(([state]) => state)
  .filter((state) => !state.startsWith('Record'))

test('the steps of plans are the steps that reports use', () => {
  expect(inPlans, writeList).toEqual(comparedStates)
})

test.each(['setup', 'csr-cluster', 'existing-cluster', 'kubeadm', 'twenty-workloads'] as const)(
  'a report of the example %s uses the steps that run for it',
  async (example) => {
    const request = exampleRequest(example)
    const isInstalled = request.webhook.mode === 'install'
    const mode = isInstalled ? 'csr' : request.webhook.mode
    const { calls } = await runCompare(request, { DeployWebhook: { ready: true, mode } })
    const run = callsOf(calls)
      .filter(({ state }) => !state.startsWith('Record') && (isInstalled || state !== 'DeployWebhook'))
      .map(({ state, item }) => ({ state, item }))
    const steps = comparedSteps(comparedRequest.parse(request), []).map(({ state, item }) => ({ state, item }))
    expect(steps.sort(byName), writeList).toEqual(run.sort(byName))
  },
)

test('the definition lists all errors that mean that the cluster is unreachable', () => {
  const words = JSON.stringify(compareMachine.States).match(/webhookFailures\[-1\]\.error in \[([^\]]*)\]/i)?.[1]
  const unreachable = stepErrors.filter((StepError) => StepError.unreachable).map(({ name }) => `'${name}'`)
  expect(words?.split(', ').sort()).toEqual(unreachable.sort())
})

test('every step accepts its input', async () => {
  const { calls } = await runCompare(drift, { RegisterOidc: errorNamed('OwnershipConflict') })
  for (const call of calls) {
    expect(stepInput(call.state).safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
  }
})

test('a plan of a webhook with certificate requests checks the requests', async () => {
  const DeployWebhook = { ready: true, mode: 'csr', image: 'webhook:v0.3.0', namespace: 'w', replicas: 2 }
  const run = await runCompare(exampleRequest('csr-cluster'), { DeployWebhook, ApproveCsr: away, CheckWebhook: away })
  expect(run).toMatchObject({ status: 'SUCCEEDED', waits: [] })
  expect(run.entered).toEqual(expect.arrayContaining(['ApproveCsr', 'CheckWebhook', 'ActivateWebhook']))
})

test('a plan includes removed workloads, also when another step fails', async () => {
  const removed = [{ namespace: 'default', serviceAccount: 'removed' }]
  const broken = { CreateRole: errorNamed('OwnershipConflict') }
  for (const stubs of [{}, broken]) {
    const { status, calls } = await runCompare({ ...plan, removed }, stubs)
    expect(status).toBe('SUCCEEDED')
    expect(payloadsOf(calls, 'UnbindKsa')).toMatchObject([{ item: 'default/removed', dryRun: true }])
    expect(payloadsOf(calls, 'DeleteRole')).toMatchObject([{ item: 'default/removed', dryRun: true }])
  }
})

describe('a cluster that is not ready', () => {
  test('ends a plan without waiting', async () => {
    const run = await runCompare(plan, { CheckCluster: away })
    expect(run).toMatchObject({ status: 'SUCCEEDED', waits: [] })
    expect(called(run.calls)).toEqual(['CreateBucket', 'ApplyCluster', 'CheckCluster', 'RecordComparison'])
    expect(failuresOf(run.calls)).toEqual([])
  })

  test.each([
    ['waits', away],
    ['fails', errorNamed('InvalidCredentials')],
  ])('lets a drift use the facts of the newest setup when CheckCluster %s', async (_, CheckCluster) => {
    const run = await runCompare(drift, { CheckCluster })
    expect(run.status).toBe('SUCCEEDED')
    const later = ['RegisterOidc', 'DeployWebhook', 'CreateRole', 'BindKsa']
    expect(called(run.calls)).toEqual(expect.arrayContaining(later))
  })
})

describe('a step that fails', () => {
  test.each(['CreateBucket', 'ApplyCluster', 'CheckWebhook', 'ActivateWebhook', 'BindKsa'])(
    '%s is reported, and all others are compared',
    async (state) => {
      const [well, run] = await Promise.all([
        runCompare(plan),
        runCompare(plan, { [state]: errorNamed('OwnershipConflict') }),
      ])
      expect(run.status).toBe('SUCCEEDED')
      expect(called(run.calls)).toEqual(called(well.calls))
      expect(failuresOf(run.calls)).toMatchObject([{ state, error: 'OwnershipConflict', cause: expect.any(String) }])
    },
  )

  test('for a workload is reported with the name of the workload', async () => {
    const { calls } = await runCompare(plan, { CreateRole: errorNamed('OwnershipConflict') })
    expect(failuresOf(calls)).toMatchObject([{ state: 'CreateRole', item }])
    expect(called(calls)).not.toContain('BindKsa')
  })

  test('lets a drift use the recorded objects', async () => {
    const broken = { RegisterOidc: errorNamed('OwnershipConflict'), CreateRole: errorNamed('OwnershipConflict') }
    const { calls } = await runCompare(drift, { ...broken, DeployWebhook: errorNamed('OwnershipConflict') })
    expect(called(calls)).toContain('CreateRole')
    expect(payloadsOf(calls, 'BindKsa')).toMatchObject([{ item, input: { roleArn: 'arn:known-role' } }])
    expect(payloadsOf(calls, 'ActivateWebhook')).toMatchObject([{ input: { installed: known.installed } }])
    expect(failuresOf(calls)).toHaveLength(3)
  })

  test('because the cluster is unreachable skips the other steps of the webhook', async () => {
    const { calls } = await runCompare(drift, { DeployWebhook: errorNamed('InvalidCredentials') })
    expect(called(calls)).not.toContain('CheckWebhook')
    expect(called(calls)).toContain('CreateRole')
  })

  test('because a server does not answer is retried only twice', async () => {
    const { calls } = await runCompare(plan, { RegisterOidc: errorNamed('Unreachable') })
    expect(payloadsOf(calls, 'RegisterOidc').map(({ attempt }) => attempt)).toEqual([0, 1, 2])
  })
})

test('the operation fails when it cannot record its result', async () => {
  const run = await runCompare(plan, { RecordComparison: errorNamed('AccessDenied') })
  expect(run).toMatchObject({ status: 'FAILED', error: 'AccessDenied' })
})

test('a drift is recorded as scheduled only when the schedule has started it', async () => {
  const [scheduled, requested] = await Promise.all([runCompare({ ...drift, scheduled: true }), runCompare(drift)])
  expect(payloadsOf(scheduled.calls, 'RecordComparison')).toMatchObject([{ input: { scheduled: true } }])
  expect(payloadsOf(requested.calls, 'RecordComparison')[0]?.input).not.toHaveProperty('scheduled')
})

test('400 workloads that all fail with long reasons fit into a state', async () => {
  const many = Array.from({ length: 400 }, (_, index) => ({
    namespace: 'n'.repeat(63),
    serviceAccount: `${'a'.repeat(60)}${index}`,
    role: { name: `r${index}`, policyArns: [], maxSessionSeconds: 3600 },
  }))
  const fails = Object.assign(errorNamed('OwnershipConflict'), { message: 'x'.repeat(5000) })
  const known = { roleArns: Object.fromEntries(many.map((one) => [`${one.namespace}/${one.serviceAccount}`, 'arn:r'])) }
  const run = await runCompare({ ...plan, workloads: many, known }, { CreateRole: fails, BindKsa: fails })
  expect(failuresOf(run.calls)).toHaveLength(800)
  expect(run.heaviest.bytes, run.heaviest.where).toBeLessThan(256 * 1024)
})

function byName(one: { state: string; item: string | undefined }, other: typeof one): number {
  return `${one.state} ${one.item}`.localeCompare(`${other.state} ${other.item}`)
}

function called(calls: readonly TaskCall[]): string[] {
  return calls.map(({ state }) => state)
}

function callsOf(calls: readonly TaskCall[]) {
  return calls.map(payloadOf).map(({ state, item, input }) => ({ state, item, input }))
}

function dryRuns(calls: readonly TaskCall[]): unknown[] {
  const payload = z.object({ Payload: z.looseObject({ state: z.string(), dryRun: z.unknown().optional() }) })
  return calls.flatMap((call) => {
    const { state, dryRun } = payload.parse(call.arguments).Payload
    return state.startsWith('Record') ? [] : [dryRun]
  })
}

function failuresOf(calls: readonly TaskCall[]): unknown {
  return z.object({ failures: z.unknown() }).parse(payloadsOf(calls, 'RecordComparison')[0]?.input).failures
}
