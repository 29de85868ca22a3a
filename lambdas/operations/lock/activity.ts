/** Derives from the record of an operation until when the operation may write, and whether it is stuck. */
import type { OperationItem, StepItem } from '../record/record.ts'

/**
 * In milliseconds. A function's requests may arrive shortly after Lambda has stopped the function, and clocks differ.
 */
const marginMs = 5_000

/**
 * In milliseconds. A waiting step is polled every minute, and most steps end within a minute. After a longer time
 * without changes, the execution may no longer exist.
 */
const quietMs = 2 * 60_000

/**
 * In milliseconds. Each attempt of a step changes the record, and the next attempt follows within minutes. After a
 * longer time without changes, the operation makes no progress.
 */
const stuckMs = 30 * 60_000

/**
 * Returns the time until which a step of the operation may write, or undefined when no step can be running. No step
 * starts after the operation has ended (steps/recording.ts). For an ended operation, the time therefore never
 * increases.
 */
export function writesUntil(steps: readonly Pick<StepItem, 'runsUntil'>[], now: Date): Date | undefined {
  const ends = steps.flatMap(({ runsUntil }) => (runsUntil === undefined ? [] : Date.parse(runsUntil) + marginMs))
  const last = Math.max(...ends)
  return last > now.getTime() ? new Date(last) : undefined
}

/** Whether the record has been unchanged for so long that the execution should be checked. */
export function isQuiet(recorded: Recorded, now: Date): boolean {
  return lastChange(recorded) < now.getTime() - quietMs
}

/** Whether the record has been unchanged for so long that the operation, or its settlement, is stuck. */
export function isStuck(recorded: Recorded, now: Date): boolean {
  return lastChange(recorded) < now.getTime() - stuckMs
}

interface Recorded {
  readonly operation: Pick<OperationItem, 'createdAt' | 'startedAt' | 'endedAt'>
  readonly steps: readonly Pick<StepItem, 'attemptAt' | 'endedAt'>[]
}

function lastChange({ operation, steps }: Recorded): number {
  const ofSteps = steps.flatMap(({ attemptAt, endedAt }) => [attemptAt, endedAt])
  const { createdAt, startedAt, endedAt } = operation
  const times = [createdAt, startedAt, endedAt, ...ofSteps].filter((time) => time !== undefined)
  return Math.max(...times.map((time) => Date.parse(time)))
}
