import { beforeAll, describe, expect, it } from 'vitest'
import { operationPage } from '../../lambdas/api/operations/views.ts'
import { operationKinds } from '../../lambdas/operations/record/kinds.ts'
import { invokeFunction } from '../e2e/support/runs/functions.ts'
import { leaveOperation } from '../e2e/support/runs/lost-operation.ts'
import { cases } from './support/cases.ts'
import { kindOf } from './support/ended.ts'
import { untilLogged } from './support/log.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

describe('the reconciler names what it may not do, and its next call settles the operation', () => {
  const starting = ['dynamodb:PutItem', 'states:StartExecution']
  const settling = cases.filter(({ of, action }) => of === 'reconciler' && !starting.includes(action))

  it.for(settling)('$action on $resource', async ({ of, action, resource, index }) => {
    const since = Date.now()
    const cluster = copiedFor(action)
    const operationId = await leaveOperation(world.system, { kind: kindOf(resource), ...(cluster && { cluster }) })
    const event = { detail: { name: operationId, status: 'ABORTED' } }
    const { failed } = await world.without(index, () => invokeFunction(world.system, 'ReconcilerFunction', event))
    expect(failed).toBe(true)
    await untilLogged(world.system, of, ['AccessDenied', action], since)
    expect(await invokeFunction(world.system, 'ReconcilerFunction', {})).toMatchObject({ failed: false })
    const response = await fetch(`${world.system.api}/v1/operations/${operationId}`)
    expect(await response.json()).toMatchObject({ status: 'failed', error: { name: 'ExecutionLost' } })
  })
})

describe('the reconciler names what it may not start, and its next call starts it', () => {
  const ofReconciler = cases.filter(({ of }) => of === 'reconciler')

  it.for(ofReconciler.filter(({ action }) => action === 'states:StartExecution'))(
    '$action on $resource',
    async ({ of, action, resource, index }) => {
      const since = Date.now()
      const kind = operationKinds.find((each) => resource === `stateMachine:${each}`) ?? 'setup'
      // Of an older one, the refusal would be its end.
      const createdAt = new Date(since - 2 * 60_000).toISOString()
      const operationId = await leaveOperation(world.system, { kind, createdAt, as: 'never started' })
      const { failed } = await world.without(index, () => invokeFunction(world.system, 'ReconcilerFunction', {}))
      expect(failed).toBe(true)
      await untilLogged(world.system, of, ['AccessDenied', action], since)
      expect(await invokeFunction(world.system, 'ReconcilerFunction', {})).toMatchObject({ failed: false })
      // Its request is made up: what the operation comes to cannot be shown.
      const response = await fetch(`${world.system.api}/v1/operations?limit=100`)
      const { operations } = operationPage.parse(await response.json())
      expect(operations.find((one) => one.operationId === operationId)).toHaveProperty('startedAt')
    },
  )

  it.for(ofReconciler.filter(({ action }) => action === 'dynamodb:PutItem'))(
    '$action on $resource',
    async ({ of, action, index }) => {
      const since = Date.now()
      const { name } = world.cluster
      const operationId = await leaveOperation(world.system, { kind: 'setup', cluster: name, as: 'waiting' })
      const { failed } = await world.without(index, () => invokeFunction(world.system, 'ReconcilerFunction', {}))
      expect(failed).toBe(true)
      await untilLogged(world.system, of, ['AccessDenied', action], since)
      expect(await invokeFunction(world.system, 'ReconcilerFunction', {})).toMatchObject({ failed: false })
      expect(await world.system.ended(`/v1/operations/${operationId}`)).toMatchObject({ status: 'succeeded' })
    },
  )
})

/** The cluster whose record is copied, or whose copy is deleted, with this action. */
function copiedFor(action: string): string | undefined {
  if (action === 's3:PutObject') return world.cluster.name
  return action === 's3:DeleteObject' ? 'never-set-up' : undefined
}
