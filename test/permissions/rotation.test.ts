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
import { Fixture } from './support/fixture.ts'
import { hostedCluster } from './support/hosted.ts'
import { untilLogged } from './support/log.ts'
import { moveAndEnd, recordEndOfMove } from './support/moved.ts'
import { deleteLock, deleteRotationLock, leaveRotationLock } from './support/record.ts'
import { storeAged } from './support/renewal.ts'
import { inSlice } from './support/slice.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
  // The webhook of the fixture's cluster requests its certificate. This cluster's webhook has a certificate of ours.
  const { body } = await existingCluster(fixture.system, 'renewed')
  const ended = await fixture.system.setUp(body())
  if (ended.status !== 'succeeded') throw new Error(`the setup failed: ${JSON.stringify(ended.error)}`)
})

/** Returns a function that undoes the preparation, if necessary. */
type Prepare = (resource: string) => Promise<(() => Promise<void>) | undefined>

/** Preparations that make the next rotation need a permission, by function and action, or by function for all its actions. */
const preparations: Readonly<Record<string, Prepare>> = {
  'acquire-lock states:DescribeExecution': (resource) => leaveLockOfEnded(fixture, resource),
  'rotate-thumbprints iam:UpdateOpenIDConnectProviderThumbprint': async () => {
    await fixture.replaceThumbprints('f'.repeat(40))
    return undefined
  },
  'renew-credentials secretsmanager:PutSecretValue': () => storeAged(fixture, { left: 20, isMarked: true }),
  'renew-credentials sns:Publish': () => storeAged(fixture, { left: 10, isMarked: false }),
  'narrow-trust': async () => {
    await recordEndOfMove(fixture)
    return undefined
  },
  'narrow-trust iam:UpdateAssumeRolePolicy': async () => {
    await moveAndEnd(fixture)
    return undefined
  },
}

const forAll = ['find-clusters']

describe('a rotation whose step lacks one permission fails for the cluster, and names the permission', () => {
  const ofSteps = cases.filter((one) => isOfRotation(one) && !forAll.includes(one.of))

  it.for(inSlice(ofSteps))('$state: $action on $resource', async ({ of, action, resource, state, index }) => {
    const undo = await (preparations[`${of} ${action}`] ?? preparations[of])?.(resource)
    const ended = await fixture.without(index, () => fixture.rotate())
    await undo?.()
    await deleteLock(fixture.system, fixture.cluster.name)
    if (of === 'narrow-trust') await deleteLock(fixture.system, (await hostedCluster(fixture.system)).name)
    expect(ended).toMatchObject({ status: 'failed', error: { name: 'ClustersFailed' } })
    const { clusters } = rotationResult.parse(ended.result)
    const errors = clusters.flatMap(({ outcome, error }) => (outcome === 'failed' && error ? [error] : []))
    // If the step cannot record its failure, only the operation has the error.
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
      const ended = await fixture.without(index, () => fixture.rotate())
      expect(ended).toMatchObject({ status: 'failed', error: { name: 'AccessDenied', step: state } })
      expect(ended.error?.reason).toContain(action)
    },
  )
})

describe('without one permission the function of the schedule fails, and its log names the permission', () => {
  afterEach(async () => {
    await untilNoRotationRuns()
    await deleteRotationLock(fixture.system)
  })

  it.for(cases.filter(({ of }) => of === 'scheduled-rotation'))(
    '$action on $resource',
    async ({ of, action, index }) => {
      const since = Date.now()
      const event = { scheduledTime: new Date().toISOString(), schedule: `arn:schedule/${index}` }
      if (['dynamodb:DeleteItem', 'states:DescribeExecution'].includes(action)) await leaveRotationLock(fixture.system)
      // Only the second call for the same time queries its operation.
      if (action === 'dynamodb:Query') await invokeFunction(fixture.system, 'ScheduledRotation', event)
      const { failed } = await fixture.without(index, () => invokeFunction(fixture.system, 'ScheduledRotation', event))
      expect(failed).toBe(true)
      await untilLogged(fixture.system, of, ['AccessDenied', action], since)
    },
  )
})

/**
 * A rotation that another call started, or whose start could not be recorded, still runs. The next one would skip the clusters
 * that it locks.
 */
async function untilNoRotationRuns(): Promise<void> {
  const { sfn } = rootOf(fixture.system)
  const stateMachineArn = outputOf(fixture.system, stateMachineOutput('rotation'))
  const running = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' })
  await vi.waitFor(async () => expect((await sfn.send(running)).executions).toEqual([]), { timeout: 60_000 })
}

describe('the workflow of a rotation needs each permission of its role', () => {
  const ofRotation = new Set(cases.filter(isOfRotation).flatMap(({ state }) => functionOfStep(state ?? '')))
  const calls = (['rotate-thumbprints', 'clusters'] as const).flatMap((workflow) => {
    const called = lambdaTasksOf(definition(workflow)).map(([state]) => functionOfStep(state))
    return [...new Set(called)].filter((each) => ofRotation.has(each)).map((each) => [workflow, each] as const)
  })

  it('fails without states:StartExecution on the state machine of batches, and names it', async () => {
    const resource = fixture.system.sandbox.deployment.outputs.ClustersStateMachineArn ?? ''
    const role = await fixture.roles.roleOfWorkflow('rotate-thumbprints')
    await fixture.system.sandbox.aws.setWaitScale(0.001)
    const removal = { action: 'states:StartExecution', resource }
    const ended = await fixture.roles.without(role, removal, () => fixture.rotate())
    await fixture.system.sandbox.aws.setWaitScale(0.05)
    expect(ended).toMatchObject({ status: 'failed', error: { name: 'ClustersFailed' } })
    expect(ended.error?.reason).toContain(resource)
  })

  it.for(inSlice(calls))('(%s) fails without lambda:InvokeFunction on %s, and names it', async ([workflow, called]) => {
    const role = await fixture.roles.roleOfWorkflow(workflow)
    const allowed = await fixture.roles.permissions(role)
    const removal = allowed.find(({ resource }) => resource.includes(`:function:WorkloadIdentity-${called}`))
    if (!removal) throw new Error(`${workflow} may not invoke ${called}`)
    await fixture.system.sandbox.aws.setWaitScale(0.001)
    const ended = await fixture.roles.without(role, removal, () => fixture.rotate())
    await fixture.system.sandbox.aws.setWaitScale(0.05)
    expect(ended.status).toBe('failed')
    const reported = JSON.stringify([ended.error, ended.result])
    expect(reported).toContain('lambda:InvokeFunction')
    expect(reported).toContain(removal.resource.replace(/:\*$/, ':1'))
  })
})
