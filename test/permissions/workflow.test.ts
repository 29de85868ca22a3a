import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflows } from '../../infra/workflows.ts'
import { type OperationKind, operationKinds } from '../../lambdas/operations/record/kinds.ts'
import type { OperationAnswer } from '../e2e/support/operation.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { definition, type WorkflowName } from '../support/workflows/definitions.ts'
import { lambdaTasksOf } from '../support/workflows/workflow-parts.ts'
import type { Removal } from './support/deployed-role.ts'
import { Fixture } from './support/fixture.ts'
import { hostedCluster } from './support/hosted.ts'
import { startRemoval } from './support/preparations.ts'
import { startRefresh, startRevocation } from './support/signing-keys.ts'
import { inSlice } from './support/slice.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
  // The workflow retries a refused call seven times, because a new role may not have taken effect yet.
  await fixture.system.sandbox.aws.setWaitScale(0.001)
})
afterAll(() => fixture?.system.sandbox.aws.setWaitScale(0.05))

/** Rotations have separate tests. Revocations share the workflow of refreshes, and drifts share that of plans. */
const notTried = ['rotation', 'key-revocation', 'drift'] as const
type Tried = Exclude<OperationKind, (typeof notTried)[number]>

function isTried(kind: OperationKind): kind is Tried {
  return !notTried.some((other) => other === kind)
}

/** Runs each kind of operation. */
const operations: Readonly<Record<Tried, () => Promise<OperationAnswer>>> = {
  setup: () => fixture.system.setUp(fixture.body()),
  verification: () => fixture.verify(),
  plan: () => fixture.plan(),
  'key-refresh': async () => fixture.system.ended(await startRefresh(fixture)),
  teardown: () => fixture.listTeardown(),
}

describe.each(operationKinds.filter(isTried))('the workflow of a %s needs each permission of its role', (kind) => {
  const workflow = workflows[kind]
  const run = operations[kind]

  it.for(inSlice(statesOf(workflow)))(
    'without lambda:InvokeFunction on %s the operation names it, and fails unless it only reports failures of steps',
    async (state) => {
      const ofCluster = operationWith(kind, state) ?? run
      const isOfHosted = /^((Publish|Remove)Discovery|RevokeKey)$/.test(state)
      if (isOfHosted) await hostedCluster(fixture.system)
      const runIt = isOfHosted ? () => ofHosted(kind, state) : ofCluster
      const removal = await invoking(workflow, state)
      const ended = await fixture.roles.without(await fixture.roles.roleOfWorkflow(workflow), removal, runIt)
      const error = ended.error ?? ended.steps.find((step) => step.state === state)?.error
      expect(error).toMatchObject({ name: 'Lambda.AWSLambdaException', object: versionOf(removal) })
      expect(error?.reason).toContain('lambda:InvokeFunction')
      expect(ended.status).toBe(reportsFailureOf(kind, state) ? 'succeeded' : 'failed')
    },
  )
})

/** The operation that runs the step, if not every operation of the kind does. */
function operationWith(kind: OperationKind, state: string): (() => Promise<OperationAnswer>) | undefined {
  if (kind === 'setup' && state === 'DeleteRole') return async () => fixture.system.ended(await startRemoval(fixture))
  if (kind === 'plan' && state === 'DeleteRole') return () => planOfRemoval()
  return kind === 'setup' && state === 'DeployCandidate' ? () => fixture.change() : undefined
}

async function planOfRemoval(): Promise<OperationAnswer> {
  const { system, cluster } = fixture
  const response = await system.putTo(`/v1/clusters/${cluster.name}?dryRun=true`, fixture.body({ workloads: [] }))
  return system.ended(response.headers.get('location') ?? '')
}

/** Runs the same kind of operation on the cluster with a hosted issuer. */
async function ofHosted(kind: OperationKind, state: string): Promise<OperationAnswer> {
  const { system } = fixture
  if (kind === 'key-refresh')
    return system.ended(await (state === 'RevokeKey' ? startRevocation : startRefresh)(fixture))
  const { name, body } = await hostedCluster(system)
  const path = `/v1/clusters/${name}`
  if (kind === 'teardown') return system.tearDown(`${path}?dryRun=true`)
  if (kind === 'plan') return system.ended(await system.send('/v1/plans', body))
  return system.setUp(body)
}

/** Whether the operation only reports a failure of the state. */
function reportsFailureOf(kind: OperationKind, state: string): boolean {
  return workflows[kind] === 'compare' && state !== 'RecordComparison'
}

/** One state for each function that the workflow calls: the first one of the steps that share it. */
function statesOf(workflow: WorkflowName): string[] {
  const states = lambdaTasksOf(definition(workflow)).map(([state]) => state)
  const inOrder = [...['ObserveCluster', 'CheckCluster'].filter((state) => states.includes(state)), ...states]
  return [...new Map(inOrder.toReversed().map((state) => [functionOfStep(state), state])).values()].toReversed()
}

async function invoking(workflow: WorkflowName, state: string) {
  const allowed = await fixture.roles.permissions(await fixture.roles.roleOfWorkflow(workflow))
  const observed = allowed.find(({ resource }) =>
    new RegExp(`:function:WorkloadIdentity-${functionOfStep(state)}[0-9A-F]{8}-`).test(resource),
  )
  if (!observed) throw new Error(`the workflow ${workflow} may not invoke ${state}`)
  return observed
}

/** The version of the function that the state machine calls. A sandbox has only version 1. */
function versionOf({ resource }: Removal): string {
  return resource.replace(/:\*$/, ':1')
}
