import { expect, test } from 'vitest'
import { concurrencyOf, inParallel } from '../../../cli/apply/parallel.ts'

test.for(['0', '21', '-1', '1.5', 'all', ''])('--parallel %j is refused', (text) => {
  expect(() => concurrencyOf(text)).toThrow(`--parallel takes a number from 1 to 20, not "${text}".`)
})

test('--parallel takes 1 and 20', () => {
  expect([concurrencyOf('1'), concurrencyOf('20')]).toEqual([1, 20])
})

test.for([1, 3, 9])('runs at most %i at a time, runs all, and returns the results in order', async (concurrency) => {
  let [now, most] = [0, 0]
  const entries = [1, 2, 3, 4, 5, 6]
  const results = await inParallel(entries, concurrency, async (entry) => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setTimeout(resolve, 7 - entry))
    now--
    return entry * 10
  })
  expect(results).toEqual([10, 20, 30, 40, 50, 60])
  expect(most).toBe(Math.min(concurrency, entries.length))
})
