import { beforeAll, describe, expect, it } from 'vitest'
import { cases, isOfRotation, isOfSchedule, isOfTeardown, refusalOf } from './support/cases.ts'
import { Fixture } from './support/fixture.ts'
import { preparations } from './support/preparations.ts'
import { inSlice } from './support/slice.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
})

describe('a setup whose step lacks one permission fails in that step, and names the permission', () => {
  const ofOthers = [isOfRotation, isOfSchedule, isOfTeardown]
  const ofSteps = cases.filter((one) => one.state !== undefined && !ofOthers.some((isOf) => isOf(one)))

  it.for(inSlice(ofSteps))('$state: $action on $resource', async ({ of, action, state, index }) => {
    const prepared = (await (preparations[`${of} ${action}`] ?? preparations[of])?.(fixture)) ?? {}
    const ended = await fixture.without(index, async () => {
      const location = await (prepared.start?.() ?? fixture.system.start(fixture.body(prepared.edits)))
      return fixture.system.ended(location)
    })
    await prepared.undo?.()
    expect(ended.status).toBe('failed')
    expect(ended.error).toMatchObject({ name: refusalOf(action), step: state })
    expect(ended.error?.reason).toContain(action)
  })
})
