import { beforeAll, describe, expect, it } from 'vitest'
import { runDrifts } from '../e2e/support/aws-clients.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { cases, isOfSchedule } from './support/cases.ts'
import { Fixture } from './support/fixture.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
})

const schedule = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/drifts'
const now = () => ({ schedule, scheduledTime: new Date().toISOString() })

describe('scheduled drifts whose step lacks one permission fail, and name the permission and the cluster', () => {
  it.for(cases.filter(isOfSchedule))('$action on $resource', async ({ action, index }) => {
    const { status, cause } = await fixture.without(index, () => runDrifts(fixture.system, now()))
    expect(status).toBe('FAILED')
    expect(cause).toContain(action)
    expect(cause).toContain(fixture.cluster.name)
  })
})

describe('the workflow of scheduled drifts', () => {
  it.for([
    ['drifts', functionOfStep('FindClusters')],
    ['clusters', functionOfStep('CompareCluster')],
  ] as const)('(%s) fails without the permission to invoke %s, and names the function', async ([workflow, state]) => {
    const role = await fixture.roles.roleOfWorkflow(workflow)
    const allowed = await fixture.roles.permissions(role)
    const removal = allowed.find(({ resource }) => resource.includes(`:function:WorkloadIdentity-${state}`))
    if (!removal) throw new Error(`${workflow} may not invoke ${state}`)
    await fixture.system.sandbox.aws.setWaitScale(0.001)
    const { status, cause } = await fixture.roles.without(role, removal, () => runDrifts(fixture.system, now()))
    await fixture.system.sandbox.aws.setWaitScale(0.05)
    expect(status).toBe('FAILED')
    expect(cause).toContain(removal.resource.replace(/:\*$/, ':1'))
  })

  it('fails without the permission to start the state machine of batches, and names it', async () => {
    const resource = fixture.system.sandbox.deployment.outputs.ClustersStateMachineArn ?? ''
    const role = await fixture.roles.roleOfWorkflow('drifts')
    await fixture.system.sandbox.aws.setWaitScale(0.001)
    const removal = { action: 'states:StartExecution', resource }
    const { status, cause } = await fixture.roles.without(role, removal, () => runDrifts(fixture.system, now()))
    await fixture.system.sandbox.aws.setWaitScale(0.05)
    expect(status).toBe('FAILED')
    expect(cause).toContain(resource)
  })
})
