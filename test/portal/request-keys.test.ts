import { expect, test } from 'vitest'
import { isRefusal, ProblemError } from '../../portal/src/api/answer.ts'
import { RequestKeys } from '../../portal/src/api/request-keys.ts'

test('a request that is sent once more before its answer has the same key, and another request another one', () => {
  const keys = new RequestKeys()
  const first = keys.keyOf({ cluster: 'prod-eu', dryRun: true })
  expect(keys.keyOf({ cluster: 'prod-eu', dryRun: true })).toBe(first)
  expect(keys.keyOf({ cluster: 'prod-eu', dryRun: false })).not.toBe(first)
})

test('the same request is another one once the first is answered', () => {
  const keys = new RequestKeys()
  const first = keys.keyOf('prod-eu')
  keys.answered('prod-eu')
  expect(keys.keyOf('prod-eu')).not.toBe(first)
})

test('only a refusal tells that nothing was started', () => {
  const problem = (status: number) => new ProblemError({ type: 'about:blank', title: '', status })
  expect([problem(409), problem(503), new TypeError('no answer')].map(isRefusal)).toEqual([true, false, false])
})
