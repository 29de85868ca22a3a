import { beforeAll, describe, expect, it } from 'vitest'
import { account } from '../../sandbox/account.ts'
import { anyResources, permissionsOf } from './support/permissions.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

/** What Lambda itself does by a function's role, beside writing its log and sending its traces. */
const ofLambda: Readonly<Record<string, RegExp>> = {
  'scheduled-rotation': /^sqs:SendMessage on .*RotationsDeadLetters[\w-]+$/,
}

const memberCallers = ['reader', 'writer'].map(
  (access) => `sts:AssumeRole on arn:aws:iam::${account.id}:role/WorkloadIdentity-${account.region}-${access}`,
)

describe("a function's role", () => {
  it.for(permissionsOf(anyResources))(
    'of $name allows what has a test here, and what Lambda itself does by it',
    async ({ name }) => {
      const role = await world.roles.roleOfFunction(name)
      const allowed = (await world.roles.permissions(role)).map(({ action, resource }) => `${action} on ${resource}`)
      const ownLog =
        /^logs:(CreateLogStream|PutLogEvents) on .*:log-group:\/aws\/cloudformation\/WorkloadIdentity\/\w+:\*$/
      const tracing = /^xray:(PutTelemetryRecords|PutTraceSegments) on \*$/
      const ofAll = allowed.filter((one) => ownLog.test(one) || tracing.test(one))
      expect(ofAll).toHaveLength(4)
      const tested = world.permissionsOf(name).map(({ action, resource }) => `${action} on ${resource}`)
      const kept = allowed.filter((one) => ofLambda[name]?.test(one))
      expect(kept).toHaveLength(name in ofLambda ? 1 : 0)
      // test/e2e/member-account.test.ts takes it away from each function.
      const members = allowed.filter((one) => memberCallers.includes(one))
      const others = allowed.filter((one) => ![...ofAll, ...kept, ...members].includes(one))
      expect(others.sort()).toEqual(tested.sort())
    },
  )
})
