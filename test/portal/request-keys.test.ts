import { expect, test } from 'vitest'
import { ProblemError } from '../../client/answer.ts'
import { RequestKeys } from '../../portal/src/api/retries.ts'

test('a request that is repeated before its answer has the same key, and another request has another key', () => {
  const keys = new RequestKeys()
  const first = keys.keyOf({ cluster: 'prod-eu', dryRun: true })
  expect(keys.keyOf({ cluster: 'prod-eu', dryRun: true })).toBe(first)
  expect(keys.keyOf({ cluster: 'prod-eu', dryRun: false })).not.toBe(first)
})

test('the same request has another key once the first is answered', () => {
  const keys = new RequestKeys()
  const first = keys.keyOf('prod-eu')
  keys.answered('prod-eu')
  expect(keys.keyOf('prod-eu')).not.toBe(first)
})

test.each([
  ['was refused', false, failure(409)],
  ['may have reached an API that failed', true, failure(503)],
  ['may have reached the API behind a gateway that timed out', true, failure(504)],
  ['got no answer', true, new TypeError('no answer')],
])('a request that %s has the same key when it is repeated: %s', (_, isSame, error) => {
  const keys = new RequestKeys()
  const first = keys.keyOf('prod-eu')
  keys.failed('prod-eu', error)
  expect(keys.keyOf('prod-eu') === first).toBe(isSame)
})

function failure(status: number): ProblemError {
  return new ProblemError({ type: 'about:blank', title: '', status })
}
