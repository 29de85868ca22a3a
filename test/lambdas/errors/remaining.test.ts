import { expect, test } from 'vitest'
import { attemptAll } from '../../../lambdas/errors/attempts.ts'
import { errorOfRemaining } from '../../../lambdas/errors/remaining.ts'
import { AccessDenied, CloudUnavailable } from '../../../lambdas/errors/step-errors.ts'

const explanation = { object: 'Secret hooks/tls', reason: 'it may not be deleted', action: 'Allow it' }

test('a failed attempt is reported as remaining, and the others are done', async () => {
  const attempts = [Promise.resolve(1), Promise.reject(new AccessDenied(explanation)), Promise.resolve(3)]
  expect(await attemptAll(attempts)).toEqual({ done: [1, 3], remaining: [{ name: 'AccessDenied', ...explanation }] })
})

test('a transient error and a defect are thrown after all attempts have ended', async () => {
  let isOver = false
  const slow = new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve))).then(() => {
    isOver = true
  })
  const passing = new CloudUnavailable(explanation)
  await expect(attemptAll([Promise.reject(passing), Promise.reject(new AccessDenied(explanation)), slow])).rejects.toBe(
    passing,
  )
  expect(isOver).toBe(true)
  await expect(attemptAll([Promise.reject(new TypeError('a defect'))])).rejects.toThrow(TypeError)
})

test('the error of remaining objects is the first one, with the number of the others', () => {
  const first = { name: 'AccessDenied', ...explanation, step: 'RemoveWebhook' }
  expect(errorOfRemaining([])).toBeUndefined()
  expect(errorOfRemaining([first])).toEqual(first)
  const reason = 'it may not be deleted; 1 more: see remaining in the result'
  expect(errorOfRemaining([first, { ...first, step: 'X' }])).toEqual({ ...first, reason })
})
