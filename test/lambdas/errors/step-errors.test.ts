import { expect, it } from 'vitest'
import * as errors from '../../../lambdas/errors/step-errors.ts'

const explanation = { object: 'an object', reason: 'a reason', action: 'an action' }

it.for(errors.stepErrors)('$name has the name of its class, which the state machines use', (ErrorClass) => {
  const error = new ErrorClass(explanation)
  expect(error).toMatchObject({ name: ErrorClass.name, ...explanation })
  expect(Reflect.get(errors, ErrorClass.name)).toBe(ErrorClass)
})

it('only AccessDenied and AccountRefused count as refusals', () => {
  const refusals = errors.stepErrors.filter((ErrorClass) => errors.isRefusal(new ErrorClass(explanation)))
  expect(refusals.map(({ name }) => name)).toEqual(['AccessDenied', 'AccountRefused'])
  expect(errors.isRefusal(new Error('AccessDenied'))).toBe(false)
})
