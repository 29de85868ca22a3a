import { expect, test } from 'vitest'
import { ProblemError } from '../../client/answer.ts'
import {
  faultOf,
  firstFault,
  hasFaultOutsideFields,
  nothing,
} from '../../portal/src/pages/workloads/give-role/wanted.ts'

function refused(...paths: string[]): ProblemError {
  const issues = paths.map((path) => ({ path, pointer: '#', message: `${path} is wrong` }))
  return new ProblemError({ type: 'invalid-request', title: 'The request is not valid', status: 400, issues })
}

test('shows faults of fields only beside the fields', () => {
  const error = refused('serviceAccount', 'role.policyArns[0]')
  expect(faultOf(error, 'serviceAccount')).toBe('serviceAccount is wrong')
  expect(faultOf(error, 'policyArn')).toBe('role.policyArns[0] is wrong')
  expect(faultOf(error, 'namespace')).toBeUndefined()
  expect(hasFaultOutsideFields(error)).toBe(false)
})

test('shows all other errors for the entire form', () => {
  expect(hasFaultOutsideFields(refused('namespace', 'role'))).toBe(true)
  expect(hasFaultOutsideFields(new ProblemError({ type: 'forbidden', title: 'No', status: 403 }))).toBe(true)
  expect(hasFaultOutsideFields(new TypeError('no network'))).toBe(true)
})

test('the first fault of the form is the first missing field, or else the first field that the API refuses', () => {
  expect(firstFault({ ...nothing, cluster: 'prod-eu', policyArn: 'arn' }, null)).toBe('namespace')
  const whole = { cluster: 'prod-eu', namespace: 'n', serviceAccount: 's', policyArn: 'arn' }
  expect(firstFault(whole, refused('role.policyArns[0]', 'serviceAccount'))).toBe('serviceAccount')
  expect(firstFault(whole, refused('role'))).toBeUndefined()
})
