import { describe, expect, test } from 'vitest'
import { callerAttempts } from './callers.ts'
import { attemptsOfFunctions, configurations, mayCaller, mayFunction, mayWorkload, rolesOf } from './decide.ts'
import { every } from './functions.ts'
import { workloadAttempts } from './workloads.ts'

const outcome = (isAllowed: boolean) => (isAllowed ? 'not refused' : 'refused')

describe.each(Object.entries(configurations))('a workload, with the %s settings', (settings, { boundary }) => {
  test.each(workloadAttempts)('$name ($action)', async (attempt) => {
    const isOpen = settings === 'widest' && attempt.leftOpen !== undefined
    expect(outcome(await mayWorkload(boundary, attempt))).toBe(outcome(isOpen || attempt.otherwise !== undefined))
  })
})

describe('a function', () => {
  test.each(attemptsOfFunctions)('$by: $name ($action)', async (attempt) => {
    const expected = outcome(attempt.otherwise !== undefined || attempt.needed === true)
    for (const policies of rolesOf(attempt, configurations.widest)) {
      expect(outcome(await mayFunction(policies, attempt))).toBe(expected)
    }
  })
})

test.each(callerAttempts)('$who: $name', (attempt) => {
  expect(outcome(mayCaller(attempt))).toBe(outcome(attempt.otherwise !== undefined))
})

test('no attempt is made twice', () => {
  const names = [
    ...workloadAttempts.map(({ name }) => `a workload: ${name}`),
    ...attemptsOfFunctions.map(({ by, name }) => `${by}: ${name}`),
    ...callerAttempts.map(({ who, name }) => `${who}: ${name}`),
  ]
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  expect(names.filter((name) => name.startsWith(every)).length).toBeGreaterThan(0)
})
