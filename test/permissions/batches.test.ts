/** What the roles of workflows may do for batches of workloads, and the role of a batch. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type ExistingCluster, existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { workloadsOf } from '../e2e/support/clusters/many-workloads.ts'
import type { OperationAnswer } from '../e2e/support/operation.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { definition } from '../support/workflows/definitions.ts'
import { lambdaTasksOf, stepOfTask } from '../support/workflows/workflow-parts.ts'
import { inSlice } from './support/slice.ts'
import { World } from './support/world.ts'

let world: World
let own: ExistingCluster

beforeAll(async () => {
  world = await World.open()
  own = await existingCluster(world.system, 'batches')
  // What the workflow may not call it tries seven times: on AWS the refusal may be one of a role that is not settled yet.
  await world.system.sandbox.aws.setWaitScale(0.001)
  return () => world.system.sandbox.aws.setWaitScale(0.05)
})

/** The rotations of other files are of all clusters, and would verify this one, too. */
afterAll(async () => {
  expect(await world.system.tearDown(`/v1/clusters/${own.name}`)).toMatchObject({ status: 'succeeded' })
})

/** One more than one execution sets up. */
const count = 41

function body(length: number): unknown {
  return own.body({ workloads: workloadsOf(own.name).slice(0, length) })
}

function setUp() {
  return world.system.setUp(body(count))
}

async function setUpAll(): Promise<void> {
  expect((await setUp()).error).toBeUndefined()
}

/** Of one workload. What an earlier one has not removed goes with it. */
async function remove() {
  const { system } = world
  const path = `/v1/clusters/${own.name}`
  const { generation } = z.object({ generation: z.number() }).parse(await (await fetch(system.api + path)).json())
  const headers = { 'if-match': `"${generation}"` }
  const response = await system.putTo(`${path}?removals=allow`, body(count - 1), headers)
  return system.ended(response.headers.get('location') ?? '')
}

/** Those that change nothing, so that each can be sent after a refusal. */
const others = {
  verify: async () => world.system.ended(await world.system.send(`/v1/clusters/${own.name}/verifications`, {})),
  compare: async () => world.system.ended(await world.system.send(`/v1/clusters/${own.name}/drift`, {})),
  teardown: () => world.system.tearDown(`/v1/clusters/${own.name}?dryRun=true`),
}

async function withoutBatches(workflow: 'setup' | keyof typeof others, send: () => Promise<OperationAnswer>) {
  const resource = world.system.sandbox.deployment.outputs.BatchStateMachineArn ?? ''
  const role = await world.roles.roleOfWorkflow(workflow)
  return world.roles.without(role, { action: 'states:StartExecution', resource }, send)
}

function isOfRemoval(state: string): boolean {
  return ['UnbindKsa', 'DeleteRole'].includes(state)
}

// That all of them go well with what their roles allow, test/e2e/batches and test/long/clusters/batches show.
describe('a setup in batches', () => {
  // Before a test of what removes one.
  beforeAll(setUpAll)

  it('states:StartExecution on the state machine of batches: the operation names it, and fails', async () => {
    expect(await withoutBatches('setup', setUp)).toMatchObject(refusedAt('BatchOfCreateRoles'))
  })

  it.for(inSlice([...new Set(lambdaTasksOf(definition('batch')).map(([, state]) => stepOfTask(state)))]))(
    'lambda:InvokeFunction on %s by a batch: the operation names it, and fails',
    async (state) => {
      const role = await world.roles.roleOfWorkflow('batch')
      const ofStep = new RegExp(`:function:WorkloadIdentity-${functionOfStep(state)}[0-9A-F]{8}-`)
      const removal = (await world.roles.permissions(role)).find(({ resource }) => ofStep.test(resource))
      if (!removal) throw new Error(`a batch may not invoke ${state}`)
      const ended = await world.roles.without(role, removal, isOfRemoval(state) ? remove : setUp)
      expect(ended).toMatchObject({
        status: 'failed',
        error: { name: 'Lambda.AWSLambdaException', step: state, object: removal.resource.replace(/:\*$/, ':1') },
      })
    },
  )
})

describe('without states:StartExecution on the state machine of batches, the operation names it, and fails', () => {
  // After a test of what removes one.
  beforeAll(setUpAll)

  it.each([
    // The execution itself fails there, which names the state machine alone.
    ['verification', 'verify', undefined],
    ['drift', 'compare', undefined],
    ['teardown', 'teardown', 'BatchOfWorkloads'],
  ] as const)('a %s', async (_, workflow, step) => {
    expect(await withoutBatches(workflow, others[workflow])).toMatchObject(refusedAt(step))
  })
})

function refusedAt(step: string | undefined): object {
  const object = world.system.sandbox.deployment.outputs.BatchStateMachineArn
  return { status: 'failed', error: { name: 'StepFunctions.AWSStepFunctionsException', object, ...(step && { step }) } }
}
