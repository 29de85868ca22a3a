import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RightsWorld, startRightsWorld } from '../../support/rights-setup.ts'
import { startUpgradeRights } from '../../support/upgrade-rights.ts'

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

it('an upgrade has all that it needs by its rights, and without the one to restart names what it has left to the next', async () => {
  const { granted, own, upgrade } = await startUpgradeRights(world)
  const restart = own.find(({ step, title }) => step === 'RestartControllers' && title.includes('deployments'))
  await granted.without(restart?.title ?? '')
  const { error, cause, recorded, changes } = await upgrade()
  expect({ error, cause }).toEqual({
    error: 'AccessDenied',
    cause: expect.stringMatching(/Deployment apps\/reports.*the webhook itself is upgraded/),
  })
  expect(recorded).toMatchObject({ installed: { mode: 'own-ca' } })
  expect(changes.map(({ object }) => object)).not.toContain('Deployment apps/reports')

  await granted.all()
  const next = await upgrade()
  expect({ status: next.status, cause: next.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
  expect(next.changes.map(({ object }) => object)).toContain('Deployment apps/reports')
})
