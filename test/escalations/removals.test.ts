/**
 * Removes each condition of each role, or makes it depend on the presence of its key, and removes each part of each deny
 * of the boundary. An attempt must notice each removal.
 */
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { overlap } from '../../infra/permissions/patterns.ts'
import type { Policy } from '../peers/support/second-evaluator.ts'
import { attemptsOfFunctions, configurations, mayFunction, mayWorkload } from './decide.ts'
import { every, type FunctionAttempt } from './functions.ts'
import { workloadAttempts } from './workloads.ts'

interface Weakened {
  readonly without: string
  readonly policy: Policy
}

type Statement = Policy['Statement'][number]

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
const conditionsIn = z.record(z.string(), z.record(z.string(), z.unknown()))

/** @param statement replaces the one at the index. Undefined removes it. */
function replaced(policy: Policy, index: number, statement: Statement | undefined): Policy {
  const before = policy.Statement.slice(0, index)
  return { ...policy, Statement: [...before, ...(statement ? [statement] : []), ...policy.Statement.slice(index + 1)] }
}

/** The boundary without one action, or one resource, of one deny. */
function withoutDenies(boundary: Policy): Weakened[] {
  return boundary.Statement.flatMap((statement, index) =>
    ['Action', 'Resource'].flatMap((element) => {
      if (statement.Effect !== 'Deny' || !(element in statement)) return []
      const all = texts.parse(statement[element])
      return all.map((one) => {
        const rest = all.filter((each) => each !== one)
        const left = rest.length > 0 ? { ...statement, [element]: rest } : undefined
        return { without: `${element} ${one}`, policy: replaced(boundary, index, left) }
      })
    }),
  )
}

/** The policy without one condition key of one statement. */
function withoutConditions(policy: Policy): Weakened[] {
  return policy.Statement.flatMap((statement, index) => {
    const { Condition, ...bare } = statement
    const conditions = conditionsIn.parse(Condition ?? {})
    return Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => {
        const left = withoutKey(conditions, operator, key)
        const weaker = Object.keys(left).length > 0 ? { ...bare, Condition: left } : bare
        const actions = texts.parse(statement.Action).join(', ')
        return { without: `${operator} ${key} of ${actions}`, policy: replaced(policy, index, weaker) }
      }),
    )
  })
}

/** Each request that attaches a policy has it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
const alwaysPresent = 'iam:PolicyARN'

/** The policy that allows requests without one condition key of one statement. */
function withoutRequirements(policy: Policy): Weakened[] {
  return policy.Statement.flatMap((statement, index) => {
    const conditions = conditionsIn.parse(statement.Condition ?? {})
    const requiring = Object.entries(conditions).filter(([name]) => !/IfExists$|^ForAllValues:|^Null$/.test(name))
    return requiring.flatMap(([operator, keys]) =>
      Object.keys(keys)
        .filter((key) => key !== alwaysPresent)
        .map((key) => {
          const ifExists = { ...conditions[`${operator}IfExists`], [key]: keys[key] }
          const Condition = { ...withoutKey(conditions, operator, key), [`${operator}IfExists`]: ifExists }
          const actions = texts.parse(statement.Action).join(', ')
          const weaker = replaced(policy, index, { ...statement, Condition })
          return { without: `requiring ${key} (${operator}) of ${actions}`, policy: weaker }
        }),
    )
  })
}

function withoutKey(conditions: z.output<typeof conditionsIn>, operator: string, key: string): object {
  const entries = Object.entries(conditions).map(([name, keys]) => {
    const others = Object.entries(keys).filter(([each]) => name !== operator || each !== key)
    return [name, Object.fromEntries(others)] as const
  })
  return Object.fromEntries(entries.filter(([, keys]) => Object.keys(keys).length > 0))
}

describe.each(Object.entries(configurations))('the boundary of the %s settings', (_, { boundary }) => {
  const refused = workloadAttempts.filter(({ otherwise }) => otherwise === undefined)

  test.each(withoutDenies(boundary))(
    'without $without, an attempt of a workload succeeds',
    async ({ policy, without }) => {
      const [element, pattern = ''] = without.split(' ')
      const related = refused.filter(({ action }) => element !== 'Action' || overlap(pattern, action))
      expect(await some(related, (attempt) => mayWorkload(policy, attempt))).toBe(true)
    },
  )
})

const conditions = Object.entries(configurations.widest.roles).flatMap(([role, policies]) =>
  policies.flatMap((policy, index) =>
    [...withoutConditions(policy), ...withoutRequirements(policy)].map(({ without, policy: weaker }) => ({
      role,
      without,
      policies,
      weaker: policies.with(index, weaker),
    })),
  ),
)

test('the roles of functions have conditions', () => {
  expect(conditions.length).toBeGreaterThan(10)
})

test.each(conditions)('$role without $without: an attempt has another outcome', async ({ role, policies, weaker }) => {
  const isRelated = ({ by, needed }: FunctionAttempt) =>
    by === every || needed === true || role.startsWith(`WorkloadIdentity-${by}Role`)
  const isNoticed = async (attempt: FunctionAttempt) =>
    (await mayFunction(weaker, attempt)) !== (await mayFunction(policies, attempt))
  expect(await some(attemptsOfFunctions.filter(isRelated), isNoticed)).toBe(true)
})

async function some<One>(all: readonly One[], holds: (one: One) => Promise<boolean>): Promise<boolean> {
  for (const one of all) if (await holds(one)) return true
  return false
}
