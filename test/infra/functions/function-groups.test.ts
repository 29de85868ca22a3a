/** Which rights a step gains by sharing a function with other steps. */
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { type FunctionGroup, functionGroups } from '../../../infra/functions/function-groups.ts'
import { stepFunctions } from '../../../infra/functions/functions.ts'
import { stepFunction } from '../../../infra/functions/step-function.ts'
import type { Resources } from '../../../infra/resources.ts'
import { steps } from '../../../infra/steps.ts'
import { anyResources } from '../../permissions/support/permissions.ts'
import { stepOf } from '../../support/steps/steps.ts'

const groups = Object.entries<FunctionGroup>(functionGroups)

/** Steps that share no function by design, whatever their rights are. */
const separate = [
  'ApplyCluster',
  'ApproveCsr',
  'BindKsa',
  'CreateBucket',
  'CreateRole',
  'DeployWebhook',
  'RegisterOidc',
  'Verify',
]

const resources: Resources = {
  ...anyResources,
  table: { tableName: 'Record', tableArn: 'record' },
  topicArn: 'topic',
}

/** Each allowed action of a function of these steps, with its resource, and with each kind of items in the table. */
function rightsOf(states: readonly string[]): Set<string> {
  const statements = stepFunction('any.ts', states.map(stepOf)).permissions(resources)
  return new Set(
    statements.flatMap(({ actions, resources: on, conditions }) =>
      actions.flatMap((action) => on.flatMap((each) => onItems(`${action} on ${shortened(each)}`, conditions))),
    ),
  )
}

const onlyItems = z.strictObject({
  'ForAllValues:StringLike': z.strictObject({ 'dynamodb:LeadingKeys': z.array(z.string()) }),
})

function onItems(right: string, conditions: object = {}): string[] {
  const { data } = onlyItems.safeParse(conditions)
  if (data) return data['ForAllValues:StringLike']['dynamodb:LeadingKeys'].map((key) => `${right}: ${key}`)
  return [Object.keys(conditions).length === 0 ? right : `${right} when ${JSON.stringify(conditions)}`]
}

function shortened(resource: string): string {
  return resource.replace(/^arn:.*(?=:(execution|secret):)/, '').replace(/^:/, '')
}

test.each(groups)('the steps of %s gain only the additional rights that the group justifies', (_, group) => {
  const rights = rightsOf(group.steps)
  const gained = group.steps.flatMap((state) => [...rights].filter((right) => !rightsOf([state]).has(right)))
  expect([...new Set(gained)].sort()).toEqual(group.coarser.flatMap((each) => each.rights).toSorted())
})

test('a step is in at most one group, and the separate steps are in none', () => {
  const inGroups = groups.flatMap(([, group]) => group.steps)
  expect(new Set(inGroups).size).toBe(inGroups.length)
  expect(inGroups.filter((state) => separate.includes(state))).toEqual([])
  expect(separate.filter((state) => !stepFunctions.has(state))).toEqual([])
})

test('each step has one function', () => {
  const states = [...stepFunctions.values()].flatMap((spec) => spec.states)
  expect(states.toSorted()).toEqual([...steps.keys()].sort())
})

test('steps with different time-outs cannot share a function, which could write after the release of the lock', () => {
  const { description, entry } = stepOf('ReleaseLock')
  const longer = { entry, description: { ...description, timeoutSeconds: 60 } }
  expect(() => stepFunction('any.ts', [stepOf('AcquireLock'), longer])).toThrow(
    'AcquireLock, ReleaseLock share a function: they must have the same time-out',
  )
})

test('steps with different clients cannot share a function', () => {
  expect(() => stepFunction('any.ts', [stepOf('CreateBucket'), stepOf('CreateRole')])).toThrow(
    'CreateBucket, CreateRole share a function: they must use the same client',
  )
})
