import { beforeAll, describe, expect, it } from 'vitest'
import { apiFunctions } from '../../infra/functions/functions.ts'
import { cases } from './support/cases.ts'
import { untilLogged } from './support/log.ts'
import { requests } from './support/requests.ts'
import { inSlice } from './support/slice.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

describe('a function of the API that may not do one thing answers 500, and its log names it', () => {
  const ofApi = cases.filter(({ of }) => of in apiFunctions)

  it.for(inSlice(ofApi))('$of: $action on $resource', async ({ of, action, resource, index }) => {
    const prepare = requests[`${of} ${action}`] ?? requests[of]
    if (!prepare) throw new Error(`there is no request that needs ${action} of ${of}`)
    const { send, undo } = await prepare(world, resource)
    const since = Date.now()
    const response = await world.without(index, send)
    await undo?.()
    expect(await response.json()).toMatchObject({ status: 500, type: 'urn:workload-identity:problem:internal' })
    await untilLogged(world.system, of, ['AccessDenied', action], since)
  })
})
