import { expect, test } from 'vitest'
import { invalidRequest, ProblemError, problem, problemSchema } from '../../../lambdas/api/problem.ts'
import { issuesOf } from '../../support/api/requests.ts'

test('a problem has a type, and the title and status that go with it', () => {
  expect(problem('too-large', { detail: 'A request has at most 102,400 bytes' })).toEqual({
    type: 'urn:workload-identity:problem:too-large',
    title: 'The body is too large',
    status: 413,
    detail: 'A request has at most 102,400 bytes',
  })
})

test('a request with faults becomes one problem that lists them all', () => {
  const issues = issuesOf('setup', { 'cluster.name': 'X', adopt: 5 })
  const body = invalidRequest(issues)
  expect(body).toMatchObject({ status: 400, detail: '2 fields have to be corrected', issues })
  expect(problemSchema.parse(JSON.parse(JSON.stringify(body)))).toEqual(body)
  expect(invalidRequest(issues.slice(0, 1)).detail).toBe('One field has to be corrected')
})

test('a refused call is called a ProblemError in the logs, with its title', () => {
  expect(String(new ProblemError(problem('too-large')))).toBe('ProblemError: The body is too large')
})
