import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { callerAttempts } from './callers.ts'
import {
  attemptsOfFunctions,
  configurations,
  mayCaller,
  mayFunction,
  mayWorkload,
  rolesNamed,
  rolesOf,
} from './decide.ts'
import { every, type FunctionAttempt } from './functions.ts'
import { workloadAttempts } from './workloads.ts'

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
const outcome = (isAllowed: boolean) => (isAllowed ? 'not refused' : 'refused')

describe.each(Object.entries(configurations))('a workload, with the %s settings', (settings, { boundary }) => {
  test.each(workloadAttempts)('$name ($action)', async (attempt) => {
    const isOpen = settings === 'widest' && attempt.leftOpen !== undefined
    expect(outcome(await mayWorkload(boundary, attempt))).toBe(outcome(isOpen || attempt.otherwise !== undefined))
  })
})

const { widest } = configurations

describe('a function', () => {
  test.each(attemptsOfFunctions)('$by: $name ($action)', async (attempt) => {
    const isAllowed = attempt.except === undefined && attempt.otherwise !== undefined
    const expected = outcome(isAllowed || attempt.needed === true)
    for (const [role, policies] of rolesOf(attempt, widest)) {
      expect(`${role}: ${outcome(await mayFunction(policies, attempt))}`).toBe(`${role}: ${expected}`)
    }
  })

  const exceptions = attemptsOfFunctions.flatMap((attempt) => (attempt.except ?? []).map((of) => ({ ...attempt, of })))

  test.each(exceptions)('$of, which needs the permission: $name ($action)', async ({ of, ...attempt }) => {
    expect(attempt.otherwise, 'the control of the exceptions, which docs/permissions.md lists').toBeDefined()
    for (const policies of rolesNamed(of, widest).values()) {
      expect(outcome(await mayFunction(policies, attempt))).toBe('not refused')
    }
  })

  test('may change something', () => {
    expect(powers().length).toBeGreaterThan(20)
  })

  test.each(powers())('$role may $action, and a row says what limits it', ({ role, action }) => {
    const isNamed = ({ by, except = [] }: FunctionAttempt) =>
      [by, ...except].some((name) => role.startsWith(`WorkloadIdentity-${name}Role`))
    const rowsOf = attemptsOfFunctions.filter((each) => isNamed(each) && each.action === action)
    expect(rowsOf.filter(({ otherwise, needed }) => otherwise !== undefined || needed === true)).not.toEqual([])
  })
})

/**
 * What the role of each function may change, besides the record, and which secrets it may read. SECURITY.md has the rights on
 * the record. Every function may encrypt, and write its log and traces.
 */
function powers(): { readonly role: string; readonly action: string }[] {
  const harmless = /^(dynamodb|ec2|kms|logs|xray):|:(Describe|Get(?!SecretValue)|List)/
  const functions = widest.names('AWS::Lambda::Function').map((name) => `${name.slice(0, -8)}Role`)
  return Object.entries(widest.roles).flatMap(([role, policies]) => {
    if (!functions.includes(role.slice(0, -8))) return []
    const actions = policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => texts.parse(Action)))
    return [...new Set(actions)].filter((action) => !harmless.test(action)).map((action) => ({ role, action }))
  })
}

test.each(callerAttempts)('$who: $name', (attempt) => {
  expect(outcome(mayCaller(attempt))).toBe(outcome(attempt.otherwise !== undefined))
})

test('no attempt is made twice', () => {
  const names = [
    ...workloadAttempts.map(({ name }) => `a workload: ${name}`),
    ...attemptsOfFunctions.map(
      ({ by, name, action, context }) => `${by}: ${name} (${action}) ${JSON.stringify(context)}`,
    ),
    ...callerAttempts.map(({ who, name }) => `${who}: ${name}`),
  ]
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  expect(names.filter((name) => name.startsWith(every)).length).toBeGreaterThan(0)
})
