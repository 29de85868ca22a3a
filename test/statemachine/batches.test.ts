/** A setup of more than 40 workloads, whose roles and proofs are made in executions of the state machine `batch`. */
import { describe, expect, test } from 'vitest'
import type { SetupRequest } from '../../lambdas/spec/parts.ts'
import { runCompare } from '../support/compare-workflow.ts'
import { errorNamed, type StepStub } from '../support/definitions.ts'
import { largestRequests, longAnswers, longNamedSetup } from '../support/largest-requests.ts'
import { exampleRequest } from '../support/requests.ts'
import { runSetup } from '../support/setup-workflow.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflow-parts.ts'

const stepsOfWorkloads = ['CreateRole', 'BindKsa', 'Verify']
const maxStateBytes = 256 * 1024

/** The item of the one workload of the second batch that goes wrong. */
const wrong = 'apps/account-42'
const failsForOne: StepStub = (call) => (payloadOf(call).item === wrong ? errorNamed('OwnershipConflict') : ready(call))
const ready: (call: Parameters<typeof payloadOf>[0]) => object = (call) => ({
  ready: true,
  roleArn: `role of ${payloadOf(call).item}`,
})

test('forty workloads are set up in the execution of the setup, and one more in batches', async () => {
  const [forty, more] = await Promise.all([runSetup(setupOf(40)), runSetup(setupOf(41))])
  expect([forty, more].map(({ status, batches }) => [status, batches.length])).toEqual([
    ['SUCCEEDED', 0],
    // The roles of forty, and of one, and then their proofs.
    ['SUCCEEDED', 4],
  ])
})

test('each step of a batch is called as it is in the execution of a setup', async () => {
  const request = setupOf(45)
  const [first, second] = [request.workloads.slice(0, 40), request.workloads.slice(40)]
  const inBatches = await runSetup(request)
  const apart = await Promise.all([first, second].map((workloads) => runSetup({ ...request, workloads })))
  for (const step of stepsOfWorkloads) {
    expect(payloadsOf(inBatches.calls, step), step).toEqual(apart.flatMap(({ calls }) => payloadsOf(calls, step)))
    expect(payloadsOf(inBatches.calls, step).every(({ input }) => stepInput(step).safeParse(input).success)).toBe(true)
  }
})

test('a batch whose start is tried again is not made by two executions: its name stays the same, and is of the operation', async () => {
  const lost: StepStub = ({ attempt }) => (attempt === 0 ? errorNamed('StepFunctions.SdkClientException') : {})
  const run = await runSetup(setupOf(45), { CreateRolesOfBatch: lost, VerifyBatch: lost })
  expect(run.status).toBe('SUCCEEDED')
  const names = ['operation-1-roles-0', 'operation-1-roles-40', 'operation-1-proofs-0', 'operation-1-proofs-40']
  expect(run.names).toEqual(names.flatMap((name) => [name, name]))
})

test('a workload that fails in a batch is the failure of the setup, and has no proof; each other one is proved with its own role', async () => {
  const run = await runSetup(setupOf(45), { CreateRole: failsForOne })
  expect({ status: run.status, error: run.error }).toEqual({ status: 'FAILED', error: 'OwnershipConflict' })
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
    failures: [{ state: 'CreateRole', item: wrong, error: 'OwnershipConflict' }],
  })
  const proofs = payloadsOf(run.calls, 'Verify')
  expect(proofs).toHaveLength(44)
  for (const { item, input } of proofs) expect(input).toMatchObject({ roleArn: `role of ${item}` })
})

test('a proof that fails in a batch is the failure of the setup', async () => {
  const run = await runSetup(setupOf(45), { CreateRole: ready, Verify: failsForOne })
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
    failures: [{ state: 'Verify', item: wrong }],
  })
  expect(payloadsOf(run.calls, 'Verify')).toHaveLength(45)
})

test('a batch of which every role fails has no proofs, and leaves the other its own', async () => {
  const fails: StepStub = (call) =>
    Number(payloadOf(call).item?.split('-')[1]) >= 40 ? errorNamed('OwnershipConflict') : ready(call)
  const run = await runSetup(setupOf(45), { CreateRole: fails })
  expect(payloadsOf(run.calls, 'Verify')).toHaveLength(40)
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({ failures: { length: 5 } })
})

test('without a webhook that works no batch makes proofs', async () => {
  const run = await runSetup(setupOf(45), { DeployWebhook: errorNamed('OwnershipConflict') })
  expect(run.batches).toHaveLength(2)
  expect(payloadsOf(run.calls, 'Verify')).toEqual([])
})

test('what leaves the spec is removed after the batches, unless one of their workloads has failed', async () => {
  const removed = [{ namespace: 'apps', serviceAccount: 'former' }]
  const [well, failed] = await Promise.all([
    runSetup({ ...setupOf(45), removed }),
    runSetup({ ...setupOf(45), removed }, { Verify: failsForOne }),
  ])
  expect([well, failed].map(({ calls }) => payloadsOf(calls, 'DeleteRole').length)).toEqual([1, 0])
})

describe('more than forty workloads that have left the spec', () => {
  const removed = Array.from({ length: 45 }, (_, index) => ({ namespace: 'apps', serviceAccount: `former-${index}` }))
  const items = removed.map(({ serviceAccount }) => `apps/${serviceAccount}`)
  const request = { ...setupOf(1), removed }

  test('are removed in batches, whose steps know all that is removed', async () => {
    const run = await runSetup(request)
    // The roles and the proofs of the one that stays, and two batches that are removed.
    expect({ status: run.status, batches: run.batches.length }).toEqual({ status: 'SUCCEEDED', batches: 4 })
    for (const step of ['UnbindKsa', 'DeleteRole']) {
      const payloads = payloadsOf(run.calls, step)
      expect(payloads.map(({ item }) => item)).toEqual(items)
      for (const { input } of payloads) expect(stepInput(step).safeParse(input).error).toBeUndefined()
    }
    const accounts = removed.map(({ serviceAccount }) => serviceAccount)
    for (const { input } of payloadsOf(run.calls, 'UnbindKsa')) expect(input).toMatchObject({ accounts })
  })

  test('are removed from a cluster that keeps none', async () => {
    const run = await runSetup({ ...request, workloads: [] })
    expect({ status: run.status, batches: run.batches.length }).toEqual({ status: 'SUCCEEDED', batches: 2 })
  })

  test('of which one fails make the setup fail, and all others are removed', async () => {
    const fails: StepStub = (call) =>
      payloadOf(call).item === items[42] ? errorNamed('OwnershipConflict') : { ready: true }
    const run = await runSetup(request, { UnbindKsa: fails })
    expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
      failures: [{ state: 'UnbindKsa', item: items[42] }],
    })
    expect(payloadsOf(run.calls, 'DeleteRole')).toHaveLength(44)
  })

  test('are all in a plan, which is one execution', async () => {
    const run = await runCompare({ ...setupOf(45), removed })
    expect({ status: run.status, batches: run.batches.length }).toEqual({ status: 'SUCCEEDED', batches: 0 })
    expect(payloadsOf(run.calls, 'DeleteRole').map(({ item }) => item)).toEqual(items)
    expect(payloadsOf(run.calls, 'CreateRole')).toHaveLength(45)
  })
})

test('an execution of a batch that ends early is a failure of the setup, and the other batches go on', async () => {
  const early: StepStub = (call) => (payloadOf(call).item === wrong ? errorNamed('States.Runtime') : { ready: true })
  const run = await runSetup(setupOf(45), { BindKsa: early })
  expect({ status: run.status, error: run.error }).toEqual({ status: 'FAILED', error: 'Workflow.TaskFailed' })
  expect(payloadsOf(run.calls, 'RecordResult')[0]?.input).toMatchObject({
    failures: [{ state: 'CreateRolesOfBatch', error: 'States.TaskFailed' }],
  })
  expect(payloadsOf(run.calls, 'Verify')).toHaveLength(40)
})

describe('256 KiB of state', () => {
  test('hold 400 workloads in batches, and the failures of each of their steps', async () => {
    for (const state of stepsOfWorkloads) {
      const fails = Object.assign(errorNamed('OwnershipConflict'), { message: 'x'.repeat(5000) })
      const { heaviest } = await runSetup(longNamedSetup(400), { ...longAnswers, [state]: fails })
      expect(heaviest.bytes, `${state}: ${heaviest.where}`).toBeLessThan(maxStateBytes)
    }
  })

  test.each(Object.entries(largestRequests))(
    'hold a spec of 240 KiB in batches that has %s',
    async (_, { workloads }) => {
      const request = filledUp(workloads)
      const run = await runSetup(request, longAnswers)
      expect(run.status).toBe('SUCCEEDED')
      expect(run.batches.length).toBeGreaterThan(2)
      expect(run.heaviest.bytes, run.heaviest.where).toBeLessThan(maxStateBytes)
    },
  )
})

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
