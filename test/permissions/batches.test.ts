/** The permissions of workflows for batches of workloads, and of the batches. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type ExistingCluster, existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { workloadsOf } from '../e2e/support/clusters/many-workloads.ts'
import type { OperationAnswer } from '../e2e/support/operation.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { definition } from '../support/workflows/definitions.ts'
import { lambdaTasksOf, stepOfTask } from '../support/workflows/workflow-parts.ts'
import { Fixture } from './support/fixture.ts'
import { inSlice } from './support/slice.ts'

let fixture: Fixture
let own: ExistingCluster

beforeAll(async () => {
  fixture = await Fixture.open()
  own = await existingCluster(fixture.system, 'batches')
  // The workflow retries a refused call seven times, because a new role may not have taken effect yet.
  await fixture.system.sandbox.aws.setWaitScale(0.001)
  return () => fixture.system.sandbox.aws.setWaitScale(0.05)
})

/** Otherwise the rotations of other files would verify this cluster, too. */
afterAll(async () => {
  expect(await fixture.system.tearDown(`/v1/clusters/${own.name}`)).toMatchObject({ status: 'succeeded' })
})

/** One workload more than one execution handles. */
const count = 41

function body(length: number): unknown {
  return own.body({ workloads: workloadsOf(own.name).slice(0, length) })
}

function setUp() {
  return fixture.system.setUp(body(count))
}

async function setUpAll(): Promise<void> {
  expect((await setUp()).error).toBeUndefined()
}

/** Removes one workload, with the leftovers of an earlier removal. */
async function remove() {
  const { system } = fixture
  const path = `/v1/clusters/${own.name}`
  const { generation } = z.object({ generation: z.number() }).parse(await (await fetch(system.api + path)).json())
  const headers = { 'if-match': `"${generation}"` }
  const response = await system.putTo(`${path}?removals=allow`, body(count - 1), headers)
  return system.ended(response.headers.get('location') ?? '')
}

/** Operations that change nothing, so that each can be sent after a refusal. */
const others = {
  verify: async () => fixture.system.ended(await fixture.system.send(`/v1/clusters/${own.name}/verifications`, {})),
  compare: async () => fixture.system.ended(await fixture.system.send(`/v1/clusters/${own.name}/drift`, {})),
  teardown: () => fixture.system.tearDown(`/v1/clusters/${own.name}?dryRun=true`),
}

async function withoutBatches(workflow: 'setup' | keyof typeof others, send: () => Promise<OperationAnswer>) {
  const resource = fixture.system.sandbox.deployment.outputs.BatchStateMachineArn ?? ''
  const role = await fixture.roles.roleOfWorkflow(workflow)
  return fixture.roles.without(role, { action: 'states:StartExecution', resource }, send)
}

function isOfRemoval(state: string): boolean {
  return ['UnbindKsa', 'DeleteRole'].includes(state)
}

// test/e2e/batches and test/long/clusters/batches show that all of them succeed with their roles.
describe('a setup in batches', () => {
  beforeAll(setUpAll)

  it('fails without states:StartExecution on the state machine of batches, and names it', async () => {
    expect(await withoutBatches('setup', setUp)).toMatchObject(refusedAt('BatchOfCreateRoles'))
  })

  it.for(inSlice([...new Set(lambdaTasksOf(definition('batch')).map(([, state]) => stepOfTask(state)))]))(
    'fails without lambda:InvokeFunction on %s by a batch, and names it',
    async (state) => {
      const role = await fixture.roles.roleOfWorkflow('batch')
      const ofStep = new RegExp(`:function:WorkloadIdentity-${functionOfStep(state)}[0-9A-F]{8}-`)
      const removal = (await fixture.roles.permissions(role)).find(({ resource }) => ofStep.test(resource))
      if (!removal) throw new Error(`a batch may not invoke ${state}`)
      const ended = await fixture.roles.without(role, removal, isOfRemoval(state) ? remove : setUp)
      expect(ended).toMatchObject({
        status: 'failed',
        error: { name: 'Lambda.AWSLambdaException', step: state, object: removal.resource.replace(/:\*$/, ':1') },
      })
    },
  )
})

describe('without states:StartExecution on the state machine of batches the operation fails, and names it', () => {
  // The tests before have removed a workload.
  beforeAll(setUpAll)

  it.each([
    // Here the execution itself fails, with an error that names only the state machine.
    ['verification', 'verify', undefined],
    ['drift', 'compare', undefined],
    ['teardown', 'teardown', 'BatchOfWorkloads'],
  ] as const)('a %s', async (_, workflow, step) => {
    expect(await withoutBatches(workflow, others[workflow])).toMatchObject(refusedAt(step))
  })
})

function refusedAt(step: string | undefined): object {
  const object = fixture.system.sandbox.deployment.outputs.BatchStateMachineArn
  return { status: 'failed', error: { name: 'StepFunctions.AWSStepFunctionsException', object, ...(step && { step }) } }
}
