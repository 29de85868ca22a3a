import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RightsWorld, startRightsWorld } from '../support/rights-setup.ts'
import { startUpgradeRights } from '../support/upgrade-rights.ts'

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

it('an upgrade is refused without any right that a setup does not need already, at the step that is said to need it', async () => {
  const { granted, own, upgrade } = await startUpgradeRights(world)
  expect(own.length).toBeGreaterThan(15)
  const wrong: string[] = []
  // Without requests there are none to delete, and what was restarted once is not restarted again.
  const needed = own.filter(
    ({ step, verb }) => step !== 'RestartControllers' && !(step === 'DeleteRequests' && verb === 'delete'),
  )
  for (const right of needed) {
    await granted.without(right.title)
    const { error, failedIn } = await upgrade()
    if (error !== 'AccessDenied' || failedIn !== right.step) wrong.push(`${right.title}: ${error} in ${failedIn}`)
    await granted.all()
    expect(await upgrade()).toMatchObject({ status: 'SUCCEEDED' })
  }
  expect(wrong).toEqual([])
})
