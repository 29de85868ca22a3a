/** What the record says of an operation that may be under way. */
import type { OperationItem, StepItem } from './record.ts'

/**
 * Milliseconds. Requests that a function had sent when Lambda stopped it may arrive a moment later, and the clocks of
 * two functions differ a little.
 */
const marginMs = 5_000

/**
 * Milliseconds. A step that waits is polled every minute, and most steps end within one. A record without a change for
 * longer than this may be of an execution that is gone.
 */
const quietMs = 2 * 60_000

/**
 * Until when a step of the operation may write; undefined when none can be running. Once the operation has ended, no
 * step starts any more (steps/recording.ts), so this only comes nearer.
 */
export function writesUntil(steps: readonly Pick<StepItem, 'runsUntil'>[], now: Date): Date | undefined {
  const ends = steps.flatMap(({ runsUntil }) => (runsUntil === undefined ? [] : Date.parse(runsUntil) + marginMs))
  const last = Math.max(...ends)
  return last > now.getTime() ? new Date(last) : undefined
}

/** Whether nothing has changed in the record for so long that it is worth a look at the execution. */
export function isQuiet(
  { operation, steps }: { readonly operation: OperationItem; readonly steps: readonly StepItem[] },
  now: Date,
): boolean {
  const ofSteps = steps.flatMap(({ attemptAt, endedAt }) => [attemptAt, endedAt])
  const times = [operation.createdAt, operation.startedAt, ...ofSteps].filter((time) => time !== undefined)
  return Math.max(...times.map((time) => Date.parse(time))) < now.getTime() - quietMs
}

/** Whether an operation that was recorded then may be worth a look at its execution. */
export function isOld(createdAt: string, now: Date): boolean {
  return Date.parse(createdAt) < now.getTime() - quietMs
}
