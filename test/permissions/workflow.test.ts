import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflows } from '../../infra/workflows.ts'
import { type OperationKind, operationKinds } from '../../lambdas/operations/record/kinds.ts'
import type { OperationAnswer } from '../e2e/support/operation.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { definition, type WorkflowName } from '../support/workflows/definitions.ts'
import { lambdaTasksOf } from '../support/workflows/workflow-parts.ts'
import type { Removal } from './support/deployed-role.ts'
import { hostedCluster } from './support/hosted.ts'
import { startRemoval } from './support/preparations.ts'
import { startRefresh, startRevocation } from './support/signing-keys.ts'
import { inSlice } from './support/slice.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
  // What the workflow may not call it tries seven times: on AWS the refusal may be one of a role that is not settled yet.
  await world.system.sandbox.aws.setWaitScale(0.001)
})
afterAll(() => world?.system.sandbox.aws.setWaitScale(0.05))

/** Rotations have tests of their own. The workflow of revocations is that of refreshes, and that of drifts is that of plans. */
const notTried = ['rotation', 'key-revocation', 'drift'] as const
type Tried = Exclude<OperationKind, (typeof notTried)[number]>

function isTried(kind: OperationKind): kind is Tried {
  return !notTried.some((other) => other === kind)
}

/** What runs each kind of operation. */
const operations: Readonly<Record<Tried, () => Promise<OperationAnswer>>> = {
  setup: () => world.system.setUp(world.body()),
  verification: () => world.verify(),
  plan: () => world.plan(),
  'key-refresh': async () => world.system.ended(await startRefresh(world)),
  teardown: () => world.listTeardown(),
}

describe.each(operationKinds.filter(isTried))('the workflow of a %s calls nothing but what its role allows', (kind) => {
  const workflow = workflows[kind]
  const run = operations[kind]

  it.for(inSlice(statesOf(workflow)))(
    'lambda:InvokeFunction on %s: the operation names it, and fails unless it only tells what its steps come to',
    async (state) => {
      const ofCluster = comesTo(kind, state) ?? run
      const isOfHosted = /^((Publish|Remove)Discovery|RevokeKey)$/.test(state)
      if (isOfHosted) await hostedCluster(world.system)
      const runIt = isOfHosted ? () => ofHosted(kind, state) : ofCluster
      const removal = await invoking(workflow, state)
      const ended = await world.roles.without(await world.roles.roleOfWorkflow(workflow), removal, runIt)
      const error = ended.error ?? ended.steps.find((step) => step.state === state)?.error
      expect(error).toMatchObject({ name: 'Lambda.AWSLambdaException', object: versionOf(removal) })
      expect(error?.reason).toContain('lambda:InvokeFunction')
      expect(ended.status).toBe(tellsOf(kind, state) ? 'succeeded' : 'failed')
    },
  )
})

/** What runs the step, if not each operation of the kind does. */
function comesTo(kind: OperationKind, state: string): (() => Promise<OperationAnswer>) | undefined {
  if (kind === 'setup' && state === 'DeleteRole') return async () => world.system.ended(await startRemoval(world))
  if (kind === 'plan' && state === 'DeleteRole') return () => planOfRemoval()
  return kind === 'setup' && state === 'DeployCandidate' ? () => world.change() : undefined
}

async function planOfRemoval(): Promise<OperationAnswer> {
  const { system, cluster } = world
  const response = await system.putTo(`/v1/clusters/${cluster.name}?dryRun=true`, world.body({ workloads: [] }))
  return system.ended(response.headers.get('location') ?? '')
}

/** The same kind of operation on the cluster whose issuer the deployment hosts. */
async function ofHosted(kind: OperationKind, state: string): Promise<OperationAnswer> {
  const { system } = world
  if (kind === 'key-refresh') return system.ended(await (state === 'RevokeKey' ? startRevocation : startRefresh)(world))
  const { name, body } = await hostedCluster(system)
  const path = `/v1/clusters/${name}`
  if (kind === 'teardown') return system.tearDown(`${path}?dryRun=true`)
  if (kind === 'plan') return system.ended(await system.send('/v1/plans', body))
  return system.setUp(body)
}

/** Whether a failure of the state is one that the operation is there to tell of. */
function tellsOf(kind: OperationKind, state: string): boolean {
  return workflows[kind] === 'compare' && state !== 'RecordComparison'
}

/** One for each function that the workflow calls: of steps that share it, the first that is run. */
function statesOf(workflow: WorkflowName): string[] {
  const states = lambdaTasksOf(definition(workflow)).map(([state]) => state)
  const inOrder = [...['ObserveCluster', 'CheckCluster'].filter((state) => states.includes(state)), ...states]
  return [...new Map(inOrder.toReversed().map((state) => [functionOfStep(state), state])).values()].toReversed()
}

async function invoking(workflow: WorkflowName, state: string) {
  const allowed = await world.roles.permissions(await world.roles.roleOfWorkflow(workflow))
  const observed = allowed.find(({ resource }) =>
    new RegExp(`:function:WorkloadIdentity-${functionOfStep(state)}[0-9A-F]{8}-`).test(resource),
  )
  if (!observed) throw new Error(`the workflow ${workflow} may not invoke ${state}`)
  return observed
}

/** The version of the function that the state machine calls: a sandbox has the first of each. */
function versionOf({ resource }: Removal): string {
  return resource.replace(/:\*$/, ':1')
}
