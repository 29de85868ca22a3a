import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RightsWorld, startRightsWorld } from '../../support/rights-setup.ts'
import { startUpgradeRights } from '../../support/upgrade-rights.ts'

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

it('an upgrade has all that it needs by the rights of setups and upgrades', async () => {
  const { upgrade } = await startUpgradeRights(world)
  const { status, cause, changes } = await upgrade()
  expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
  expect(changes.map(({ object }) => object)).toContain('Deployment apps/reports')
}, 60_000)
