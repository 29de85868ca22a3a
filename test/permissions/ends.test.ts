import { beforeAll, describe, expect, it } from 'vitest'
import { cases, indexOf, isOfEnding } from './support/cases.ts'
import { untilLogged } from './support/log.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

describe('an end that one function may not record is recorded by another, and the log names what was refused', () => {
  it.for(cases.filter(isOfEnding))('$of: $action on $resource', async ({ of, action, resource, index }) => {
    const since = Date.now()
    const succeeds = /^record-(result|verification|comparison|upgrade)$/.test(of)
    const run = runOf(of + resource)
    const ended = await world.without(index, async () => {
      const ended = await (succeeds ? run() : failedSetup())
      if (!succeeds && /verif|compar|upgrade|rotat|teardown/i.test(resource)) await run()
      await untilLogged(world.system, of, [`AccessDenied`, action], since)
      return ended
    })
    expect(ended.status).toBe(succeeds ? 'succeeded' : 'failed')
    await world.untilFree()
  })
})

/** An operation of the kind that the function or the workflow is for. */
function runOf(name: string) {
  if (/verif/i.test(name)) return () => world.verify()
  if (/upgrade/i.test(name)) return () => world.upgrade()
  if (/rotat/i.test(name)) return () => world.rotate()
  if (/teardown/i.test(name)) return () => world.listTeardown()
  return /compar/i.test(name) ? () => world.drift() : () => world.system.setUp(world.body())
}

/** The quickest failure there is, at the first step. */
function failedSetup() {
  return world.without(indexOf('create-bucket', 'secretsmanager:GetSecretValue'), () =>
    world.system.setUp(world.body()),
  )
}
