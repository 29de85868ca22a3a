/** What the role of setups may do for batches of workloads, and the role of a batch. */
import { beforeAll, describe, expect, it } from 'vitest'
import { type ExistingCluster, existingCluster } from '../e2e/support/existing-cluster.ts'
import { definition } from '../support/definitions.ts'
import { lambdaTasksOf } from '../support/workflow-parts.ts'
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

/** One more than one execution sets up. */
const count = 41

function setUp() {
  const workloads = Array.from({ length: count }, (_, index) => ({
    namespace: 'apps',
    serviceAccount: `account-${index}`,
    role: { name: `${own.name}-${index}`, policyArns: [] },
  }))
  return world.system.setUp(own.body({ workloads }))
}

describe('a setup in batches', () => {
  it('states:StartExecution on the state machine of batches: the operation names it, and fails', async () => {
    const resource = world.system.sandbox.deployment.outputs.BatchStateMachineArn ?? ''
    const removal = { action: 'states:StartExecution', resource }
    const ended = await world.roles.without(await world.roles.roleOfWorkflow('setup'), removal, setUp)
    expect(ended).toMatchObject({
      status: 'failed',
      error: { name: 'StepFunctions.AWSStepFunctionsException', step: 'CreateRolesOfBatch', object: resource },
    })
  })

  it.for(lambdaTasksOf(definition('batch')).map(([state]) => state))(
    'lambda:InvokeFunction on %s by a batch: the operation names it, and fails',
    async (state) => {
      const role = await world.roles.roleOfWorkflow('batch')
      const ofStep = new RegExp(`:function:WorkloadIdentity-${state}[0-9A-F]{8}-`)
      const removal = (await world.roles.permissions(role)).find(({ resource }) => ofStep.test(resource))
      if (!removal) throw new Error(`a batch may not invoke ${state}`)
      const ended = await world.roles.without(role, removal, setUp)
      expect(ended).toMatchObject({
        status: 'failed',
        error: { name: 'Lambda.AWSLambdaException', step: state, object: removal.resource.replace(/:\*$/, ':1') },
      })
    },
  )
})
