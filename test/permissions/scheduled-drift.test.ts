import { beforeAll, describe, expect, it } from 'vitest'
import { runDrifts } from '../e2e/support/aws-clients.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { cases, isOfSchedule } from './support/cases.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

const schedule = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/drifts'
const now = () => ({ schedule, scheduledTime: new Date().toISOString() })

describe('scheduled drifts whose step may not do one thing fail, and name it and the cluster', () => {
  it.for(cases.filter(isOfSchedule))('$action on $resource', async ({ action, index }) => {
    const { status, cause } = await world.without(index, () => runDrifts(world.system, now()))
    expect(status).toBe('FAILED')
    expect(cause).toContain(action)
    expect(cause).toContain(world.cluster.name)
  })
})

describe('the workflow of scheduled drifts', () => {
  it.for([
    ['drifts', functionOfStep('FindClusters')],
    ['clusters', functionOfStep('CompareCluster')],
  ] as const)('names, by its role of %s, the function %s when it may not invoke it', async ([workflow, state]) => {
    const role = await world.roles.roleOfWorkflow(workflow)
    const allowed = await world.roles.permissions(role)
    const removal = allowed.find(({ resource }) => resource.includes(`:function:WorkloadIdentity-${state}`))
    if (!removal) throw new Error(`${workflow} may not invoke ${state}`)
    await world.system.sandbox.aws.setWaitScale(0.001)
    const { status, cause } = await world.roles.without(role, removal, () => runDrifts(world.system, now()))
    await world.system.sandbox.aws.setWaitScale(0.05)
    expect(status).toBe('FAILED')
    expect(cause).toContain(removal.resource.replace(/:\*$/, ':1'))
  })

  it('names the state machine of batches when it may not start it', async () => {
    const resource = world.system.sandbox.deployment.outputs.ClustersStateMachineArn ?? ''
    const role = await world.roles.roleOfWorkflow('drifts')
    await world.system.sandbox.aws.setWaitScale(0.001)
    const removal = { action: 'states:StartExecution', resource }
    const { status, cause } = await world.roles.without(role, removal, () => runDrifts(world.system, now()))
    await world.system.sandbox.aws.setWaitScale(0.05)
    expect(status).toBe('FAILED')
    expect(cause).toContain(resource)
  })
})
