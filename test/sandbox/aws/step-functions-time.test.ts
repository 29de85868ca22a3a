import { beforeAll, expect, test } from 'vitest'
import { request } from '../../../sandbox/aws/server.ts'
import { bothForTests } from './support/both.ts'
import { createMachineRole, outputOf } from './support/machines.ts'

const both = bothForTests()

beforeAll(async () => {
  await Promise.all([both.plain, both.patched].map(createMachineRole))
  // Waits take no real time: only the clock of the execution advances in these tests.
  for (const { endpoint } of [both.plain, both.patched]) {
    await request('POST', `${endpoint}/_ministack/config`, { 'stepfunctions._SFN_WAIT_SCALE': 0 })
  }
})

const began = { began: '{% $toMillis($states.context.State.EnteredTime) %}' }
const secondsSince = '{% $round(($toMillis($states.context.State.EnteredTime) - $began) / 1000) %}'
const begin = (next: string) => ({ Type: 'Pass', Assign: began, Next: next })
const last = { Type: 'Pass', Output: secondsSince, End: true }
const waitFor = (seconds: number) => ({
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: seconds, End: true } },
})

test('the clock of the execution advances by the full duration of a shortened wait', async () => {
  const machine = {
    StartAt: 'Begin',
    States: { Begin: begin('Wait'), Wait: { Type: 'Wait', Seconds: 300, Next: 'Last' }, Last: last },
  }
  expect(await outputOf(both.plain, machine)).toBe(0)
  expect(await outputOf(both.patched, machine)).toBe(300)
})

test('branches wait in parallel, and the clock continues from the longest branch', async () => {
  const machine = {
    StartAt: 'Begin',
    States: {
      Begin: begin('Both'),
      Both: { Type: 'Parallel', Branches: [waitFor(300), waitFor(120)], Next: 'Last' },
      Last: last,
    },
  }
  expect(await outputOf(both.patched, machine)).toBe(300)
})

const retried = (retrier: object) => ({
  StartAt: 'Begin',
  States: {
    Begin: begin('Call'),
    Call: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'nowhere' },
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, BackoffRate: 10, MaxAttempts: 4, ...retrier }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Last' }],
      End: true,
    },
    Last: last,
  },
})

test('a retrier waits no longer than its MaxDelaySeconds', async () => {
  expect(await outputOf(both.patched, retried({ MaxDelaySeconds: 20 }))).toBe(10 + 20 + 20 + 20)
})

test('a retrier with full jitter waits at most as long as one without', async () => {
  const jittered = await outputOf(both.patched, retried({ MaxDelaySeconds: 20, JitterStrategy: 'FULL' }))
  expect(jittered).toBeGreaterThan(0)
  expect(jittered).toBeLessThan(70)
})
