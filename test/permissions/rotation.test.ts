import { ListExecutionsCommand } from '@aws-sdk/client-sfn'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { stateMachineOutput } from '../../infra/workflows.ts'
import { rotationResult } from '../../lambdas/workflows/rotation/rotation.ts'
import { outputOf, rootOf } from '../e2e/support/aws-clients.ts'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { invokeFunction } from '../e2e/support/runs/functions.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { definition } from '../support/workflows/definitions.ts'
import { lambdaTasksOf } from '../support/workflows/workflow-parts.ts'
import { cases, isOfRotation, refusalOf } from './support/cases.ts'
import { leaveLockOfEnded } from './support/ended.ts'
import { hostedCluster } from './support/hosted.ts'
import { untilLogged } from './support/log.ts'
import { moveAndEnd, recordEndOfMove } from './support/moved.ts'
import { deleteLock, deleteRotationLock, leaveRotationLock } from './support/record.ts'
import { storeAged } from './support/renewal.ts'
import { inSlice } from './support/slice.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
  // The world's own has a webhook that makes requests; of this one the certificate is ours.
  const { body } = await existingCluster(world.system, 'renewed')
  const ended = await world.system.setUp(body())
  if (ended.status !== 'succeeded') throw new Error(`the setup failed: ${JSON.stringify(ended.error)}`)
})

/** Gives back what undoes it, if anything has to. */
type Prepare = (resource: string) => Promise<(() => Promise<void>) | undefined>

/** By function and action, or by function for all of its actions: what makes the next rotation need a permission that it would not need. */
const preparations: Readonly<Record<string, Prepare>> = {
  'acquire-lock states:DescribeExecution': (resource) => leaveLockOfEnded(world, resource),
  'rotate-thumbprints iam:UpdateOpenIDConnectProviderThumbprint': async () => {
    await world.replaceThumbprints('f'.repeat(40))
    return undefined
  },
  'renew-credentials secretsmanager:PutSecretValue': () => storeAged(world, { left: 20, isMarked: true }),
  'renew-credentials sns:Publish': () => storeAged(world, { left: 10, isMarked: false }),
  'narrow-trust': async () => {
    await recordEndOfMove(world)
    return undefined
  },
  'narrow-trust iam:UpdateAssumeRolePolicy': async () => {
    await moveAndEnd(world)
    return undefined
  },
}

const forAll = ['find-clusters']

describe('a rotation whose step may not do one thing tells of the cluster that it fails for, and names the thing', () => {
  const ofSteps = cases.filter((one) => isOfRotation(one) && !forAll.includes(one.of))

  it.for(inSlice(ofSteps))('$state: $action on $resource', async ({ of, action, resource, state, index }) => {
    const undo = await (preparations[`${of} ${action}`] ?? preparations[of])?.(resource)
    const ended = await world.without(index, () => world.rotate())
    await undo?.()
    await deleteLock(world.system, world.cluster.name)
    if (of === 'narrow-trust') await deleteLock(world.system, (await hostedCluster(world.system)).name)
    expect(ended).toMatchObject({ status: 'failed', error: { name: 'ClustersFailed' } })
    const { clusters } = rotationResult.parse(ended.result)
    const errors = clusters.flatMap(({ outcome, error }) => (outcome === 'failed' && error ? [error] : []))
    // Of a step that may not even note its failure, the operation tells.
    const ofStep = errors.filter((error) => error.step === state)
    // Clusters of other tests may fail, too.
    const [reported = { ...ended.error, name: 'AccessDenied' }] = [
      ...ofStep.filter(({ reason }) => reason.includes(action)),
      ...ofStep,
    ]
    expect(reported).toMatchObject({ name: refusalOf(action), reason: expect.stringContaining(action) })
  })
})

describe('a rotation that cannot find its clusters fails', () => {
  it.for(cases.filter(({ of }) => forAll.includes(of)))(
    '$state: $action on $resource',
    async ({ action, state, index }) => {
      const ended = await world.without(index, () => world.rotate())
      expect(ended).toMatchObject({ status: 'failed', error: { name: 'AccessDenied', step: state } })
      expect(ended.error?.reason).toContain(action)
    },
  )
})

describe('a schedule whose function may not do one thing starts nothing, and its log names it', () => {
  afterEach(async () => {
    await untilNoRotationRuns()
    await deleteRotationLock(world.system)
  })

  it.for(cases.filter(({ of }) => of === 'scheduled-rotation'))(
    '$action on $resource',
    async ({ of, action, index }) => {
      const since = Date.now()
      const event = { scheduledTime: new Date().toISOString(), schedule: `arn:schedule/${index}` }
      if (['dynamodb:DeleteItem', 'states:DescribeExecution'].includes(action)) await leaveRotationLock(world.system)
      // A time that was called for before: only the second call looks for its operation.
      if (action === 'dynamodb:Query') await invokeFunction(world.system, 'ScheduledRotation', event)
      const { failed } = await world.without(index, () => invokeFunction(world.system, 'ScheduledRotation', event))
      expect(failed).toBe(true)
      await untilLogged(world.system, of, ['AccessDenied', action], since)
    },
  )
})

/**
 * A rotation that is called for before, or whose start cannot be recorded, runs nevertheless: the next one would skip the
 * clusters that it holds.
 */
async function untilNoRotationRuns(): Promise<void> {
  const { sfn } = rootOf(world.system)
  const stateMachineArn = outputOf(world.system, stateMachineOutput('rotation'))
  const running = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' })
  await vi.waitFor(async () => expect((await sfn.send(running)).executions).toEqual([]), { timeout: 60_000 })
}

describe('the workflow of a rotation calls nothing but what its role allows', () => {
  const ofRotation = new Set(cases.filter(isOfRotation).flatMap(({ state }) => functionOfStep(state ?? '')))
  const calls = (['rotate-thumbprints', 'clusters'] as const).flatMap((workflow) => {
    const called = lambdaTasksOf(definition(workflow)).map(([state]) => functionOfStep(state))
    return [...new Set(called)].filter((each) => ofRotation.has(each)).map((each) => [workflow, each] as const)
  })

  it('states:StartExecution on the state machine of batches: the operation fails, and names it', async () => {
    const resource = world.system.sandbox.deployment.outputs.ClustersStateMachineArn ?? ''
    const role = await world.roles.roleOfWorkflow('rotate-thumbprints')
    await world.system.sandbox.aws.setWaitScale(0.001)
    const removal = { action: 'states:StartExecution', resource }
    const ended = await world.roles.without(role, removal, () => world.rotate())
    await world.system.sandbox.aws.setWaitScale(0.05)
    expect(ended).toMatchObject({ status: 'failed', error: { name: 'ClustersFailed' } })
    expect(ended.error?.reason).toContain(resource)
  })

  it.for(inSlice(calls))(
    'lambda:InvokeFunction by %s on %s: the operation fails, and names it',
    async ([workflow, called]) => {
      const role = await world.roles.roleOfWorkflow(workflow)
      const allowed = await world.roles.permissions(role)
      const removal = allowed.find(({ resource }) => resource.includes(`:function:WorkloadIdentity-${called}`))
      if (!removal) throw new Error(`${workflow} may not invoke ${called}`)
      await world.system.sandbox.aws.setWaitScale(0.001)
      const ended = await world.roles.without(role, removal, () => world.rotate())
      await world.system.sandbox.aws.setWaitScale(0.05)
      expect(ended.status).toBe('failed')
      const reported = JSON.stringify([ended.error, ended.result])
      expect(reported).toContain('lambda:InvokeFunction')
      expect(reported).toContain(removal.resource.replace(/:\*$/, ':1'))
    },
  )
})
