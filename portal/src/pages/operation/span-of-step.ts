import type { Operation, Step } from '../../../../client/api.ts'

export interface Span {
  /** Percent of the operation's duration. */
  readonly start: number
  readonly length: number
}

/** The minimum length, so that short steps stay visible. */
const shortest = 1.5

/**
 * When a step ran, relative to its operation.
 *
 * @param now milliseconds since 1970
 */
export function spanOfStep(
  step: Step,
  { createdAt, endedAt }: Pick<Operation, 'createdAt' | 'endedAt'>,
  now: number,
): Span {
  const from = Date.parse(createdAt)
  const hundredth = Math.max(1, timeOf(endedAt, now) - from) / 100
  const start = within((Date.parse(step.startedAt) - from) / hundredth, 100 - shortest)
  const end = within((timeOf(step.endedAt ?? endedAt, now) - from) / hundredth, 100)
  return { start, length: Math.max(shortest, end - start) }
}

function timeOf(at: string | undefined, now: number): number {
  return at === undefined ? now : Date.parse(at)
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}
