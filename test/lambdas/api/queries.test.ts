import { expect, test } from 'vitest'
import { ProblemError } from '../../../lambdas/api/problem.ts'
import {
  clustersQuery,
  manifestQuery,
  operationsQuery,
  readQuery,
  rightsQuery,
  workloadTeardownQuery,
} from '../../../lambdas/api/queries.ts'

// An import of all of zod would add its messages, which the functions do not have.
test.each([
  ['limit', '0', 'whole number from 1 to 100'],
  ['limit', 'many', 'whole number from 1 to 100'],
  ['status', 'runing', 'did you mean "running"?'],
  ['kind', 'x', 'use one of setup'],
  ['cluster', '', 'is not a DNS-1123 label'],
  ['cluster', 'Prod', 'is not a DNS-1123 label'],
  ['after', '', 'is not 1 to 400 characters of ASCII'],
  ['after', 'prod-eu#default#über', 'is not 1 to 400 characters of ASCII'],
  ['after', 'a'.repeat(2000), 'is not 1 to 400 characters of ASCII'],
  ['clutser', 'prod', 'did you mean "cluster"?'],
])('the query %s=%s is refused with the parameter and what it may be', (name, value, message) => {
  expect(issuesOf({ [name]: value })).toEqual([
    { path: name, pointer: `#/${name}`, message: expect.stringContaining(message) },
  ])
})

test('an omitted parameter has its default', () => {
  expect(readQuery(clustersQuery, {})).toEqual({ limit: 50 })
  expect(readQuery(operationsQuery, { cluster: 'prod', limit: '7' })).toEqual({ cluster: 'prod', limit: 7 })
})

test('a flag is read as a boolean', () => {
  expect(readQuery(manifestQuery, { webhook: 'true' })).toMatchObject({ webhook: true })
  expect(readQuery(manifestQuery, { webhook: 'false' })).toMatchObject({ webhook: false })
  expect(readQuery(workloadTeardownQuery, { force: 'true' })).toMatchObject({ force: true })
  expect(readQuery(workloadTeardownQuery, { force: 'false' })).toMatchObject({ force: false })
  expect(readQuery(workloadTeardownQuery, {})).toMatchObject({ force: false })
})

test('a version of Kubernetes is read as its minor version', () => {
  expect(readQuery(rightsQuery, { kubernetes: '1.21' })).toMatchObject({ kubernetes: 21 })
})

function issuesOf(query: Record<string, string>): unknown {
  try {
    return readQuery(operationsQuery, query)
  } catch (error) {
    return error instanceof ProblemError ? error.problem.issues : error
  }
}
