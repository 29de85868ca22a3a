/** What the record says of an operation that may be under way. */
import type { OperationItem, StepItem } from '../record/record.ts'

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
 * Milliseconds. Each attempt of a step changes the record, and the next one follows within minutes. A record without a change
 * for longer than this is of an operation that does not go on.
 */
const stuckMs = 30 * 60_000

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
export function isQuiet(recorded: Recorded, now: Date): boolean {
  return lastChange(recorded) < now.getTime() - quietMs
}

/** Whether nothing has changed in the record for so long that the operation, or what follows from its end, is stuck. */
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
