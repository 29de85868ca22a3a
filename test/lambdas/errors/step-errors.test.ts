import { expect, it } from 'vitest'
import * as errors from '../../../lambdas/errors/step-errors.ts'

const explanation = { object: 'an object', reason: 'a reason', action: 'an action' }

it.for(errors.stepErrors)('$name has the name of its class, by which the state machines know it', (ErrorClass) => {
  const error = new ErrorClass(explanation)
  expect(error).toMatchObject({ name: ErrorClass.name, ...explanation })
  expect(Reflect.get(errors, ErrorClass.name)).toBe(ErrorClass)
})
