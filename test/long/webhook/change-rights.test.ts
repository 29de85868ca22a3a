import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChangeRights } from '../../support/kubernetes/change-rights.ts'
import { type RightsWorld, startRightsWorld } from '../../support/kubernetes/rights-setup.ts'

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

it('a change of a webhook in use fails without any right that only it needs, in the step that declares the right', async () => {
  const { granted, own, change } = await startChangeRights(world)
  expect(own.length).toBeGreaterThan(15)
  const wrong: string[] = []
  // The cluster has no certificate requests to delete, and the first setup has created the webhook configuration.
  const needed = own.filter(
    ({ step, verb }) =>
      !(step === 'DeleteCsrs' && verb === 'delete') && !(step === 'SwitchToCandidate' && verb === 'create'),
  )
  for (const right of needed) {
    await granted.without(right.title)
    const { error, failedIn } = await change()
    if (error !== 'AccessDenied' || failedIn !== right.step) wrong.push(`${right.title}: ${error} in ${failedIn}`)
    await granted.all()
    expect(await change()).toMatchObject({ status: 'SUCCEEDED' })
  }
  expect(wrong).toEqual([])
})
