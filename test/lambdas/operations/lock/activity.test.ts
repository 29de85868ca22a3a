import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isQuiet, isStuck, writesUntil } from '../../../../lambdas/operations/lock/activity.ts'
import type { OperationItem, StepItem } from '../../../../lambdas/operations/record/record.ts'
import { recordedStep } from '../../../support/steps/recorded-step.ts'

const now = new Date('2026-11-25T12:00:00.000Z')
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString()

const operation: OperationItem = {
  operationId: 'o',
  kind: 'setup',
  cluster: 'prod-eu',
  status: 'running',
  requestedBy: 'alice',
  createdAt: after(-3600),
}
const step = (fields: Partial<StepItem>) =>
  recordedStep('CreateRole', { status: 'running', startedAt: after(-3600), attemptAt: after(-3600), ...fields })

test('no step may write when none is running', () => {
  expect(writesUntil([], now)).toBeUndefined()
  expect(writesUntil([step({}), step({ status: 'succeeded' })], now)).toBeUndefined()
})

test('a step may write until Lambda stops it, and for some seconds more, because of requests that it sent', () => {
  expect(writesUntil([step({ runsUntil: after(60) })], now)).toEqual(new Date(after(65)))
  expect(writesUntil([step({ runsUntil: after(-4) })], now)).toEqual(new Date(after(1)))
  expect(writesUntil([step({ runsUntil: after(-5) })], now)).toBeUndefined()
})

test('of several steps in any order the one that stops last counts, and after its time none may write', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1 }), (seconds) => {
      const steps = seconds.map((second) => step({ runsUntil: after(second) }))
      const until = writesUntil(steps, now)
      expect(writesUntil(steps.toReversed(), now)).toEqual(until)
      expect(until?.getTime() ?? 0).toBe(Math.max(...seconds) > -5 ? Date.parse(after(Math.max(...seconds) + 5)) : 0)
      expect(until && writesUntil(steps, until)).toBeUndefined()
    }),
  )
})

test('an operation is quiet when neither it nor its steps have changed for more than two minutes', () => {
  const isQuietWith = (fields: Partial<OperationItem>, ...steps: StepItem[]) =>
    isQuiet({ operation: { ...operation, ...fields }, steps }, now)
  expect(isQuietWith({})).toBe(true)
  const isQuietSince = (seconds: number) => isQuietWith({ createdAt: after(seconds) })
  expect([-119, -120, -121].map(isQuietSince)).toEqual([false, false, true])
  expect(isQuietWith({ startedAt: after(-119) })).toBe(false)
  expect(isQuietWith({}, step({}), step({ attemptAt: after(-121), endedAt: after(-121) }))).toBe(true)
  expect(isQuietWith({}, step({ attemptAt: after(-119) }), step({}))).toBe(false)
  expect(isQuietWith({}, step({ attemptAt: after(-300), endedAt: after(-119) }))).toBe(false)
})

test('an operation is stuck when it has not changed, ended or made progress for more than half an hour', () => {
  const isStuckSince = (seconds: number, steps: StepItem[] = []) =>
    isStuck({ operation: { ...operation, createdAt: after(-7200), startedAt: after(seconds) }, steps }, now)
  expect([-1799, -1800, -1801].map((seconds) => isStuckSince(seconds))).toEqual([false, false, true])
  expect(isStuckSince(-3600, [step({ attemptAt: after(-60) })])).toBe(false)
  const ended = { ...operation, status: 'failed', endedAt: after(-60) } as const
  expect(isStuck({ operation: ended, steps: [] }, now)).toBe(false)
  expect(isStuck({ operation: { ...ended, endedAt: after(-1801) }, steps: [] }, now)).toBe(true)
})
