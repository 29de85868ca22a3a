import { type RecordedError, recorded } from './recorded.ts'
import { ConcurrentChange, StepError } from './step-errors.ts'

/**
 * As Promise.all, but it fails only when none of the others is under way any more: a Lambda function that has answered is
 * frozen in the middle of what it still does, and goes on with it in its next call. For writes that are made at the same time.
 */
export async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

export interface Attempted<Result> {
  readonly done: readonly Result[]
  readonly left: readonly RecordedError[]
}

/**
 * Waits for all of the attempts: what one fails for keeps none of the others from being made. Throws what may pass, or is a
 * defect, when all are over.
 */
export async function attemptAll<Result>(attempts: readonly Promise<Result>[]): Promise<Attempted<Result>> {
  const settled = await Promise.allSettled(attempts)
  const failures = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  const lasting = failures.filter((error) => error instanceof StepError && !error.transient)
  const passing = failures.filter((error) => !lasting.includes(error))
  if (passing.length > 0) throw passing[0]
  return {
    done: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    left: lasting.filter((error) => error instanceof StepError).map(recorded),
  }
}

/**
 * Does it, and again from the start when somebody else wrote between its reading and its writing: `mostTimes` in all. The last
 * ConcurrentChange goes to the caller; the state machine then comes back a little later.
 */
export async function againOnChange<Result>(mostTimes: number, readAndWrite: () => Promise<Result>): Promise<Result> {
  for (let time = 1; ; time += 1) {
    try {
      return await readAndWrite()
    } catch (error) {
      if (!(error instanceof ConcurrentChange) || time === mostTimes) throw error
    }
  }
}
