import { expect, test } from 'vitest'
import { longDuration } from '../../portal/src/parts/duration.ts'

test.each([
  [60, '1m 0s'],
  [207.04, '3m 27s'],
  [3_599.6, '1h 0m'],
  [19_000, '5h 16m'],
  [200_000, '2d 7h'],
])('%d seconds are %s', (seconds, expected) => {
  expect(longDuration(seconds, 'en')).toBe(expected)
})
