/** Operations on more than 40 workloads, which run in executions of the state machine `batch`. */
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { workflows } from '../../infra/workflows.ts'
import type { SetupRequest } from '../../lambdas/spec/setup-request.ts'
import { largestRequests, longAnswers, longFound } from '../support/api/largest-requests.ts'
import { exampleRequest } from '../support/api/requests.ts'
import { longestRequest, requestsOf } from '../support/api/wide-requests.ts'
import { runCompare } from '../support/workflows/compare-workflow.ts'
import { definition, errorNamed, runStubbed, type StepStub } from '../support/workflows/definitions.ts'
import { runSetup } from '../support/workflows/setup-workflow.ts'
import type { TaskCall } from '../support/workflows/workflow.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const stepsOfWorkloads = ['CreateRole', 'BindKsa', 'Verify']
const maxStateBytes = 256 * 1024

/** The workload of the second batch that fails. */
const wrong = 'apps/account-42'
const failsForOne: StepStub = (call) => (payloadOf(call).item === wrong ? errorNamed('OwnershipConflict') : ready(call))
const ready: (call: Parameters<typeof payloadOf>[0]) => object = (call) => ({
  ready: true,
  roleArn: `role of ${payloadOf(call).item}`,
})

test('a setup handles forty workloads in its own execution, and forty-one in batches', async () => {
  const [forty, more] = await Promise.all([runSetup(setupOf(40)), runSetup(setupOf(41))])
  expect([forty, more].map(({ status, batches }) => [status, batches.length])).toEqual([
    ['SUCCEEDED', 0],
    // Two batches for the roles, of forty workloads and of one, and two for their proofs.
    ['SUCCEEDED', 4],
  ])
})

test('a batch calls its steps with the same payloads as a setup in one execution', async () => {
  const request = setupOf(45)
  const [first, second] = [request.workloads.slice(0, 40), request.workloads.slice(40)]
  const inBatches = await runSetup(request)
  const apart = await Promise.all([first, second].map((workloads) => runSetup({ ...request, workloads })))
  for (const step of stepsOfWorkloads) {
    expect(payloadsOf(inBatches.calls, step), step).toEqual(apart.flatMap(({ calls }) => payloadsOf(calls, step)))
    expect(payloadsOf(inBatches.calls, step).every(({ input }) => stepInput(step).safeParse(input).success)).toBe(true)
  }
})

test('a retried start of a batch has the same execution name, with the operation ID', async () => {
  const lost: StepStub = ({ attempt }) => (attempt === 0 ? errorNamed('StepFunctions.SdkClientException') : {})
  const run = await runSetup(setupOf(45), { BatchOfCreateRoles: lost, BatchOfVerifyWorkloads: lost })
  expect(run.status).toBe('SUCCEEDED')
  const names = ['CreateRoles-0', 'CreateRoles-40', 'VerifyWorkloads-0', 'VerifyWorkloads-40'].map(
    (name) => `operation-1-${name}`,
  )
  expect(run.names).toEqual(names.flatMap((name) => [name, name]))
})

test('a workload that fails in a batch fails the setup, and is not proved; the others are proved with their roles', async () => {
  const run = await runSetup(setupOf(45), { CreateRole: failsForOne })
  expect({ status: run.status, error: run.error }).toEqual({ status: 'FAILED', error: 'OwnershipConflict' })
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
    failures: [{ state: 'CreateRole', item: wrong, error: 'OwnershipConflict' }],
  })
  const proofs = payloadsOf(run.calls, 'Verify')
  expect(proofs).toHaveLength(44)
  for (const { item, input } of proofs) expect(input).toMatchObject({ roleArn: `role of ${item}` })
})

test('a proof that fails in a batch fails the setup', async () => {
  const run = await runSetup(setupOf(45), { CreateRole: ready, Verify: failsForOne })
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
    failures: [{ state: 'Verify', item: wrong }],
  })
  expect(payloadsOf(run.calls, 'Verify')).toHaveLength(45)
})

test('a batch in which every role fails makes no proofs, and does not affect the other batch', async () => {
  const fails: StepStub = (call) =>
    Number(payloadOf(call).item?.split('-')[1]) >= 40 ? errorNamed('OwnershipConflict') : ready(call)
  const run = await runSetup(setupOf(45), { CreateRole: fails })
  expect(payloadsOf(run.calls, 'Verify')).toHaveLength(40)
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({ failures: { length: 5 } })
})

test('after a failure of the webhook no batch makes proofs', async () => {
  const run = await runSetup(setupOf(45), { DeployWebhook: errorNamed('OwnershipConflict') })
  expect(run.batches).toHaveLength(2)
  expect(payloadsOf(run.calls, 'Verify')).toEqual([])
})

test('removed workloads are deleted after the batches, unless a workload in them has failed', async () => {
  const removed = [{ namespace: 'apps', serviceAccount: 'former' }]
  const [well, failed] = await Promise.all([
    runSetup({ ...setupOf(45), removed }),
    runSetup({ ...setupOf(45), removed }, { Verify: failsForOne }),
  ])
  expect([well, failed].map(({ calls }) => payloadsOf(calls, 'DeleteRole').length)).toEqual([1, 0])
})

describe('more than forty removed workloads', () => {
  const removed = Array.from({ length: 45 }, (_, index) => ({ namespace: 'apps', serviceAccount: `former-${index}` }))
  const items = removed.map(({ serviceAccount }) => `apps/${serviceAccount}`)
  const request = { ...setupOf(1), removed }

  test('are deleted in batches, whose steps get the names of all removed workloads', async () => {
    const run = await runSetup(request)
    // A batch for the role of the remaining workload, one for its proof, and two for the removed workloads.
    expect({ status: run.status, batches: run.batches.length }).toEqual({ status: 'SUCCEEDED', batches: 4 })
    for (const step of ['UnbindKsa', 'DeleteRole']) {
      const payloads = payloadsOf(run.calls, step)
      expect(payloads.map(({ item }) => item)).toEqual(items)
      for (const { input } of payloads) expect(stepInput(step).safeParse(input).error).toBeUndefined()
    }
    const accounts = removed.map(({ serviceAccount }) => serviceAccount)
    for (const { input } of payloadsOf(run.calls, 'UnbindKsa')) expect(input).toMatchObject({ accounts })
  })

  test('are deleted from a cluster without other workloads', async () => {
    const run = await runSetup({ ...request, workloads: [] })
    expect({ status: run.status, batches: run.batches.length }).toEqual({ status: 'SUCCEEDED', batches: 2 })
  })

  test('fail the setup when one deletion fails, and all others are deleted', async () => {
    const fails: StepStub = (call) =>
      payloadOf(call).item === items[42] ? errorNamed('OwnershipConflict') : { ready: true }
    const run = await runSetup(request, { UnbindKsa: fails })
    expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
      failures: [{ state: 'UnbindKsa', item: items[42] }],
    })
    expect(payloadsOf(run.calls, 'DeleteRole')).toHaveLength(44)
  })

  test('are all in a plan, also in batches', async () => {
    const run = await runCompare({ ...setupOf(45), removed })
    expect({ status: run.status, batches: run.batches.length }).toEqual({ status: 'SUCCEEDED', batches: 4 })
    expect(payloadsOf(run.calls, 'DeleteRole').map(({ item }) => item)).toEqual(items)
    expect(payloadsOf(run.calls, 'CreateRole')).toHaveLength(45)
  })
})

test('a batch whose execution fails early fails the setup, and the other batches continue', async () => {
  const early: StepStub = (call) => (payloadOf(call).item === wrong ? errorNamed('States.Runtime') : { ready: true })
  const run = await runSetup(setupOf(45), { BindKsa: early })
  expect({ status: run.status, error: run.error }).toEqual({ status: 'FAILED', error: 'Workflow.TaskFailed' })
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
    failures: [{ state: 'BatchOfCreateRoles', error: 'States.TaskFailed' }],
  })
  expect(payloadsOf(run.calls, 'Verify')).toHaveLength(40)
})

describe.each(['verification', 'drift', 'plan', 'teardown'] as const)('a %s in batches', (kind) => {
  const request = setupOf(45)
  /** Runs the operation with the workloads from index `from` up to `to`. */
  const run = (from: number, to: number, stubs: Readonly<Record<string, StepStub>>) => {
    const part = { ...request, workloads: request.workloads.slice(from, to) }
    const ofPart = requestsOf[kind](part, (index) => `role of apps/account-${from + index}`)
    return runStubbed(definition(workflows[kind]), ofPart, { ...longAnswers, ...recorded, ...stubs })
  }
  /** Each step of each workload fails after retries. */
  const fails: StepStub = ({ attempt }) => errorNamed(attempt < 2 ? 'CloudUnavailable' : 'OwnershipConflict')

  test.each<[string, Readonly<Record<string, StepStub>>]>([
    ['that succeed', {}],
    ['that fail', { CreateRole: failsForOne, BindKsa: fails, UnbindKsa: fails, DeleteRole: fails }],
  ])('calls its steps as separate executions do, and lists the same failures of workloads %s', async (_, stubs) => {
    const [combined, ...apart] = [await run(0, 45, stubs), await run(0, 40, stubs), await run(40, 45, stubs)]
    expect([combined.status, combined.batches.length]).toEqual(['SUCCEEDED', 2])
    for (const state of ['CreateRole', 'BindKsa', 'Verify', 'UnbindKsa', 'DeleteRole']) {
      const called = payloadsOf(combined.calls, state)
      // UnbindKsa gets the names of all removed accounts.
      expect(called.map(withoutAccounts), state).toEqual(
        apart.flatMap(({ calls }) => payloadsOf(calls, state)).map(withoutAccounts),
      )
      for (const { input } of called) expect(stepInput(state).safeParse(input).error).toBeUndefined()
    }
    const failures = apart.flatMap(({ calls }) => failuresOf(calls))
    expect(failuresOf(combined.calls).map(stepOf).slice(0, 40)).toEqual(failures.map(stepOf).slice(0, 40))
    expect(failuresOf(combined.calls).length > 0).toBe(failures.length > 0)
  })
})

test('a teardown in batches passes the names of all accounts to UnbindKsa, and does not run it for a deleted cluster', async () => {
  const request = requestsOf.teardown(setupOf(45))
  const run = (gone: boolean) =>
    runStubbed(definition('teardown'), request, { ...longAnswers, ObserveCluster: { ready: true, gone } })
  const [existing, deleted] = await Promise.all([run(false), run(true)])
  const accounts = setupOf(45).workloads.map(({ serviceAccount }) => serviceAccount)
  expect(payloadsOf(existing.calls, 'UnbindKsa')).toHaveLength(45)
  for (const { input } of payloadsOf(existing.calls, 'UnbindKsa')) expect(input).toMatchObject({ accounts })
  expect(['UnbindKsa', 'DeleteRole'].map((state) => payloadsOf(deleted.calls, state).length)).toEqual([0, 45])
})

test('a drift in batches uses the recorded role of a workload whose role cannot be read', async () => {
  const request = requestsOf.drift(setupOf(45), (index) => `known-${index}`)
  const { calls } = await runCompare(request, { CreateRole: errorNamed('OwnershipConflict') })
  expect(payloadsOf(calls, 'BindKsa').map(({ input }) => input)).toMatchObject(
    setupOf(45).workloads.map((_, index) => ({ roleArn: `known-${index}` })),
  )
})

test.each([3, 45])('a plan of %i workloads passes account fingerprints from CheckCluster to BindKsa', async (count) => {
  const { workloads } = setupOf(count)
  const seenAccounts = workloads.map((_, index) => (index === 1 ? '' : `seen-${index}`))
  const CheckCluster = { ...longFound, seenAccounts }
  const { calls } = await runCompare(setupOf(count), { CheckCluster })
  const seen = payloadsOf(calls, 'BindKsa').map(({ input }) => stepInput('BindKsa').parse(input))
  expect(seen).toMatchObject(seenAccounts.map((each) => ({ seen: each })))
})

test('a drift fails when a batch cannot start, because its report would hide differences', async () => {
  const BatchOfCreateRoles = errorNamed('StepFunctions.ExecutionLimitExceeded')
  const run = await runCompare(requestsOf.drift(setupOf(45), String), { BatchOfCreateRoles })
  expect({ status: run.status, error: run.error }).toEqual({
    status: 'FAILED',
    error: 'StepFunctions.ExecutionLimitExceeded',
  })
})

test.each([
  ['verification', 'BatchOfVerifyWorkloads', 'Verify'],
  ['teardown', 'BatchOfWorkloads', 'DeleteRole'],
] as const)('a batch that fails early fails the %s, and the other batches continue', async (kind, state, step) => {
  const early: StepStub = (call) => (payloadOf(call).item === wrong ? errorNamed('States.Runtime') : { ready: true })
  const request = requestsOf[kind](setupOf(45), String)
  const run = await runStubbed(definition(workflows[kind]), request, { ...longAnswers, ...recorded, [step]: early })
  expect(payloadsOf(run.calls, step).length).toBeGreaterThanOrEqual(40)
  if (kind === 'teardown') expect(failuresOf(run.calls)).toMatchObject([{ state, error: 'States.TaskFailed' }])
  else expect({ status: run.status, error: run.error }).toEqual({ status: 'FAILED', error: 'Workflow.TaskFailed' })
})

const steps = {
  setup: stepsOfWorkloads,
  verification: ['Verify'],
  drift: ['CreateRole', 'BindKsa'],
  plan: ['CreateRole', 'BindKsa'],
  teardown: ['UnbindKsa', 'DeleteRole'],
} as const

describe('256 KiB of state', () => {
  test.each(kindsOf(steps))('are enough for a %s of 400 workloads in batches whose steps all fail', async (kind) => {
    const fails = Object.assign(errorNamed('OwnershipConflict'), { message: 'x'.repeat(5000) })
    // A setup does not continue to the next step after a failure, unlike other operations.
    const failing = kind === 'setup' ? stepsOfWorkloads.map((state) => [state]) : [steps[kind]]
    for (const states of failing) {
      const stubs = Object.fromEntries(states.map((state) => [state, fails]))
      const request = longestRequest(kind, 400)
      const { heaviest } = await runStubbed(definition(workflows[kind]), request, { ...longAnswers, ...stubs })
      expect(heaviest.bytes, `${states}: ${heaviest.where}`).toBeLessThan(maxStateBytes)
    }
  })

  test.each(Object.entries(largestRequests))(
    'are enough for a spec of 240 KiB in batches with %s',
    async (_, { workloads }) => {
      const request = filledUp(workloads)
      const run = await runSetup(request, longAnswers)
      expect(run.status).toBe('SUCCEEDED')
      expect(run.batches.length).toBeGreaterThan(2)
      expect(run.heaviest.bytes, run.heaviest.where).toBeLessThan(maxStateBytes)
    },
  )
})

/** The answers of the last steps. */
const recorded = { RecordComparison: { ready: true }, RecordVerification: { ready: true } }

/** The failures that the last step of a run gets. */
function failuresOf(calls: readonly TaskCall[]): { state: string; item?: string | undefined; error: string }[] {
  const list = z.array(z.object({ state: z.string(), item: z.string().optional(), error: z.string() }))
  return ['RecordTeardown', 'RecordComparison'].flatMap((state) =>
    payloadsOf(calls, state).flatMap(({ input }) => list.parse(Reflect.get(Object(input), 'failures'))),
  )
}

function stepOf({ state, item, error }: ReturnType<typeof failuresOf>[number]): object {
  return { state, item, error }
}

function withoutAccounts({ input, ...payload }: ReturnType<typeof payloadOf>): object {
  return { ...payload, input: { ...Object(input), accounts: [] } }
}

function kindsOf<Kind extends string>(record: Readonly<Record<Kind, unknown>>): Kind[] {
  return Object.keys(record).filter((kind): kind is Kind => kind in record)
}

function setupOf(count: number): SetupRequest {
  const request = exampleRequest('setup')
  const [first] = request.workloads
  if (!first) throw new Error('the example has no workload')
  return {
    ...request,
    workloads: Array.from({ length: count }, (_, index) => ({
      ...first,
      namespace: 'apps',
      serviceAccount: `account-${index}`,
    })),
  }
}

/** As many of the workloads as fit into the largest spec, after forty others. */
function filledUp(workloads: SetupRequest['workloads']): SetupRequest {
  const { workloads: others, ...rest } = setupOf(40)
  let request: SetupRequest = { ...rest, workloads: others }
  for (let index = 0; ; index += 1) {
    const one = workloads[index % workloads.length]
    if (!one) throw new Error('the request has no workload')
    const next = {
      ...rest,
      workloads: [...request.workloads, { ...one, serviceAccount: `${index}-${one.serviceAccount}`.slice(0, 253) }],
    }
    if (Buffer.byteLength(JSON.stringify(next)) > 240 * 1024 || next.workloads.length > 400) return request
    request = next
  }
}
