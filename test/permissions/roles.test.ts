import { beforeAll, describe, expect, it } from 'vitest'
import { anyResources, permissionsOf } from './support/permissions.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

describe("a function's role", () => {
  it.for(permissionsOf(anyResources))(
    'of $name allows what has a test here, and to write its own log',
    async ({ name }) => {
      const role = await world.roles.roleOfFunction(name)
      const allowed = (await world.roles.permissions(role)).map(({ action, resource }) => `${action} on ${resource}`)
      const ownLog =
        /^logs:(CreateLogStream|PutLogEvents) on .*:log-group:\/aws\/cloudformation\/WorkloadIdentity\/\w+:\*$/
      const tested = world.permissionsOf(name).map(({ action, resource }) => `${action} on ${resource}`)
      expect(allowed.filter((one) => !ownLog.test(one)).sort()).toEqual(tested.sort())
      expect(allowed).toHaveLength(tested.length + 2)
    },
  )
})
