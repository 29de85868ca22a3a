import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChangeRights } from '../../support/kubernetes/change-rights.ts'
import { type RightsWorld, startRightsWorld } from '../../support/kubernetes/rights-setup.ts'

let fixture: RightsWorld

beforeAll(async () => {
  fixture = await startRightsWorld()
})
afterAll(() => fixture.end())

it('the rights of setups are enough for a change of a webhook in use', async () => {
  const { change } = await startChangeRights(fixture)
  const { status, cause, recorded } = await change()
  expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
  expect(recorded).toMatchObject({ mode: 'own-ca' })
})
