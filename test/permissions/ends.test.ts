import { beforeAll, describe, expect, it } from 'vitest'
import { operationPage } from '../../lambdas/api/operations/views.ts'
import { operationKinds } from '../../lambdas/operations/record/kinds.ts'
import { invokeFunction } from '../e2e/support/runs/functions.ts'
import { leaveOperation } from '../e2e/support/runs/lost-operation.ts'
import { cases } from './support/cases.ts'
import { kindOf } from './support/ended.ts'
import { Fixture } from './support/fixture.ts'
import { untilLogged } from './support/log.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
})

describe('the reconciler logs a missing permission, and its next call settles the operation', () => {
  const starting = ['dynamodb:PutItem', 'states:StartExecution']
  const settling = cases.filter(({ of, action }) => of === 'reconciler' && !starting.includes(action))

  it.for(settling)('$action on $resource', async ({ of, action, resource, index }) => {
    const since = Date.now()
    const cluster = copiedFor(action)
    const operationId = await leaveOperation(fixture.system, { kind: kindOf(resource), ...(cluster && { cluster }) })
    const event = { detail: { name: operationId, status: 'ABORTED' } }
    const { failed } = await fixture.without(index, () => invokeFunction(fixture.system, 'ReconcilerFunction', event))
    expect(failed).toBe(true)
    await untilLogged(fixture.system, of, ['AccessDenied', action], since)
    expect(await invokeFunction(fixture.system, 'ReconcilerFunction', {})).toMatchObject({ failed: false })
    const response = await fetch(`${fixture.system.api}/v1/operations/${operationId}`)
    expect(await response.json()).toMatchObject({ status: 'failed', error: { name: 'ExecutionLost' } })
  })
})

describe('the reconciler logs a missing permission to start an operation, and its next call starts it', () => {
  const ofReconciler = cases.filter(({ of }) => of === 'reconciler')

  it.for(ofReconciler.filter(({ action }) => action === 'states:StartExecution'))(
    '$action on $resource',
    async ({ of, action, resource, index }) => {
      const since = Date.now()
      const kind = operationKinds.find((each) => resource === `stateMachine:${each}`) ?? 'setup'
      // The reconciler would end an older operation after the refusal.
      const createdAt = new Date(since - 2 * 60_000).toISOString()
      const operationId = await leaveOperation(fixture.system, { kind, createdAt, as: 'never started' })
      const { failed } = await fixture.without(index, () => invokeFunction(fixture.system, 'ReconcilerFunction', {}))
      expect(failed).toBe(true)
      await untilLogged(fixture.system, of, ['AccessDenied', action], since)
      expect(await invokeFunction(fixture.system, 'ReconcilerFunction', {})).toMatchObject({ failed: false })
      // The API cannot show the operation itself, because its request is incomplete.
      const response = await fetch(`${fixture.system.api}/v1/operations?limit=100`)
      const { operations } = operationPage.parse(await response.json())
      expect(operations.find((one) => one.operationId === operationId)).toHaveProperty('startedAt')
    },
  )

  it.for(ofReconciler.filter(({ action }) => action === 'dynamodb:PutItem'))(
    '$action on $resource',
    async ({ of, action, index }) => {
      const since = Date.now()
      const { name } = fixture.cluster
      const operationId = await leaveOperation(fixture.system, { kind: 'setup', cluster: name, as: 'waiting' })
      const { failed } = await fixture.without(index, () => invokeFunction(fixture.system, 'ReconcilerFunction', {}))
      expect(failed).toBe(true)
      await untilLogged(fixture.system, of, ['AccessDenied', action], since)
      expect(await invokeFunction(fixture.system, 'ReconcilerFunction', {})).toMatchObject({ failed: false })
      expect(await fixture.system.ended(`/v1/operations/${operationId}`)).toMatchObject({ status: 'succeeded' })
    },
  )
})

/** The cluster whose record the action copies, or whose copy it deletes. */
function copiedFor(action: string): string | undefined {
  if (action === 's3:PutObject') return fixture.cluster.name
  return action === 's3:DeleteObject' ? 'never-set-up' : undefined
}
