import { beforeAll, describe, expect, it } from 'vitest'
import { cases, isOfRotation, isOfSchedule, isOfTeardown, refusalOf } from './support/cases.ts'
import { preparations } from './support/preparations.ts'
import { inSlice } from './support/slice.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

describe('a setup whose step may not do one thing fails at that step, and names it', () => {
  const ofOthers = [isOfRotation, isOfSchedule, isOfTeardown]
  const ofSteps = cases.filter((one) => one.state !== undefined && !ofOthers.some((isOf) => isOf(one)))

  it.for(inSlice(ofSteps))('$state: $action on $resource', async ({ of, action, state, index }) => {
    const prepared = (await (preparations[`${of} ${action}`] ?? preparations[of])?.(world)) ?? {}
    const ended = await world.without(index, async () => {
      const location = await (prepared.start?.() ?? world.system.start(world.body(prepared.edits)))
      return world.system.ended(location)
    })
    await prepared.undo?.()
    expect(ended.status).toBe('failed')
    expect(ended.error).toMatchObject({ name: refusalOf(action), step: state })
    expect(ended.error?.reason).toContain(action)
  })
})
