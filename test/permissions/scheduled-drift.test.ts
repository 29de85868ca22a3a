import { beforeAll, describe, expect, it } from 'vitest'
import { invokeFunction } from '../e2e/support/invoke.ts'
import { cases } from './support/cases.ts'
import { untilLogged } from './support/log.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

describe('a schedule whose function may not do one thing fails, and its log names it', () => {
  it.for(cases.filter(({ of }) => of === 'scheduled-drift'))('$action on $resource', async ({ of, action, index }) => {
    const since = Date.now()
    const event = { scheduledTime: new Date().toISOString(), schedule: `arn:schedule/${index}` }
    const { failed } = await world.without(index, () => invokeFunction(world.system, 'ScheduledDrift', event))
    expect(failed).toBe(true)
    await untilLogged(world.system, of, ['AccessDenied', action], since)
  })
})
