import { beforeAll, describe, expect, it } from 'vitest'
import { account } from '../../sandbox/account.ts'
import { Fixture } from './support/fixture.ts'
import { anyResources, permissionsOf } from './support/permissions.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
})

/** Permissions that Lambda itself uses, besides those for logs and traces. */
const ofLambda: Readonly<Record<string, RegExp>> = {
  'scheduled-rotation': /^sqs:SendMessage on .*RotationsDeadLetters[\w-]+$/,
}

const memberCallers = ['reader', 'writer'].map(
  (access) => `sts:AssumeRole on arn:aws:iam::${account.id}:role/WorkloadIdentity-${account.region}-${access}`,
)

describe("a function's role", () => {
  it.for(permissionsOf(anyResources))(
    'of $name has only the permissions that have a test here, and those that Lambda itself uses',
    async ({ name }) => {
      const role = await fixture.roles.roleOfFunction(name)
      const allowed = (await fixture.roles.permissions(role)).map(({ action, resource }) => `${action} on ${resource}`)
      const ownLog =
        /^logs:(CreateLogStream|PutLogEvents) on .*:log-group:\/aws\/cloudformation\/WorkloadIdentity\/\w+:\*$/
      const tracing = /^xray:(PutTelemetryRecords|PutTraceSegments) on \*$/
      const ofAll = allowed.filter((one) => ownLog.test(one) || tracing.test(one))
      expect(ofAll).toHaveLength(4)
      const tested = fixture.permissionsOf(name).map(({ action, resource }) => `${action} on ${resource}`)
      const lambdas = allowed.filter((one) => ofLambda[name]?.test(one))
      expect(lambdas).toHaveLength(name in ofLambda ? 1 : 0)
      // test/e2e/member-account.test.ts tests each function without these.
      const members = allowed.filter((one) => memberCallers.includes(one))
      const others = allowed.filter((one) => ![...ofAll, ...lambdas, ...members].includes(one))
      expect(others.sort()).toEqual(tested.sort())
    },
  )
})
