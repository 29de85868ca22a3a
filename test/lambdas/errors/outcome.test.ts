import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { outcome, outcomeOf, valueIn } from '../../../lambdas/errors/outcome.ts'
import { stepErrors } from '../../../lambdas/errors/step-errors.ts'

const throughJson = async (call: Promise<number>) =>
  outcome(z.number()).parse(JSON.parse(JSON.stringify(await outcomeOf(call))))

it.for(stepErrors)('$name survives a conversion to JSON and back', async (ErrorClass) => {
  const thrown = new ErrorClass({ object: 'an object', reason: 'it is so', action: 'Do something' })
  const received = await throughJson(Promise.reject(thrown))
  expect(() => valueIn(received)).toThrow(ErrorClass)
  expect(() => valueIn(received)).toThrow(thrown)
})

it('a value is returned, and a defect is thrown at once', async () => {
  expect(valueIn(await throughJson(Promise.resolve(7)))).toBe(7)
  await expect(outcomeOf(Promise.reject(new TypeError('a defect')))).rejects.toThrow(TypeError)
})

it('an error with an unknown name is thrown, too', () => {
  const error = { name: 'Newer', object: 'o', reason: 'r', action: 'a' }
  expect(() => valueIn({ error })).toThrow('Newer is no error of a step')
})
