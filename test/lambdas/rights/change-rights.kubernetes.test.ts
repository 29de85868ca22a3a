import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChangeRights } from '../../support/kubernetes/change-rights.ts'
import { type RightsWorld, startRightsWorld } from '../../support/kubernetes/rights-setup.ts'

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

it('a change of a webhook in use has all that it needs by the rights of setups', async () => {
  const { change } = await startChangeRights(world)
  const { status, cause, recorded } = await change()
  expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
  expect(recorded).toMatchObject({ mode: 'own-ca' })
})
