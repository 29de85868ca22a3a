import { beforeAll, describe, expect, it } from 'vitest'
import { apiFunctions } from '../../infra/functions/functions.ts'
import { cases } from './support/cases.ts'
import { Fixture } from './support/fixture.ts'
import { untilLogged } from './support/log.ts'
import { requests } from './support/requests.ts'
import { inSlice } from './support/slice.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
})

describe('without one permission a function of the API answers 500, and its log names the permission', () => {
  const ofApi = cases.filter(({ of }) => of in apiFunctions)

  it.for(inSlice(ofApi))('$of: $action on $resource', async ({ of, action, resource, index }) => {
    const prepare = requests[`${of} ${action}`] ?? requests[of]
    if (!prepare) throw new Error(`no request needs ${action} of ${of}`)
    const { send, undo } = await prepare(fixture, resource)
    const since = Date.now()
    const response = await fixture.without(index, send)
    await undo?.()
    expect(await response.json()).toMatchObject({ status: 500, type: 'urn:workload-identity:problem:internal' })
    await untilLogged(fixture.system, of, ['AccessDenied', action], since)
  })
})
