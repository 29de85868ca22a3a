import { expect, test } from 'vitest'
import { secondsOf } from '../../../cli/connect/duration.ts'

test('accepts minutes, hours and days', () => {
  expect([secondsOf('10m'), secondsOf('24h'), secondsOf('90d')]).toEqual([600, 86_400, 7_776_000])
})

test.for(['9m', '0d', '24', '1.5h', '-1d', '2w', '', '24h '])('refuses "%s"', (text) => {
  expect(() => secondsOf(text)).toThrow(`such as 30m, 24h or 90d, and at least 10m, not "${text}"`)
})
