import { expect, test } from 'vitest'
import { hoursWithoutStart, isSeldom } from '../../../infra/alarms/schedule-gap.ts'

test.each([
  ['rate(6 hours)', 12],
  ['rate(1 hour)', 2],
  ['rate(40 minutes)', 2],
  ['rate(30 minutes)', 1],
  ['rate(5 minutes)', 1],
  ['rate(1 day)', 48],
  ['rate(3 days)', 144],
  ['rate(4 days)', 168],
  ['rate(84 hours)', 168],
  ['cron(0 3 * * ? *)', 168],
])('with the schedule %s a start counts as missed after %i hours', (expression, hours) => {
  expect(hoursWithoutStart(expression)).toBe(hours)
})

test('a schedule is seldom when two calls are so far apart that an alarm over seven days would begin between them', () => {
  const calls = ['rate(6 days)', 'rate(144 hours)', 'rate(145 hours)', 'rate(7 days)', 'cron(0 3 1 * ? *)']
  expect(calls.map(isSeldom)).toEqual([false, false, true, true, false])
})
