import { type RecordedError, recorded } from './recorded.ts'
import { ConcurrentChange, StepError } from './step-errors.ts'

/**
 * Like Promise.all, but it rejects only after every promise has settled, with the first error in the order of the list.
 * For concurrent writes: Lambda freezes a function after its response, and would continue a pending write in the next
 * call.
 */
export async function allDone<Promises extends readonly Promise<unknown>[] | []>(
  promises: Promises,
): Promise<{ -readonly [Index in keyof Promises]: Awaited<Promises[Index]> }> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

/** Like {@link allDone}, for `act` on each item, with `atOnce` at the same time. No batch starts after a failure. */
export async function allDoneInBatches<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let at = 0; at < items.length; at += atOnce) {
    results.push(...(await allDone(items.slice(at, at + atOnce).map((item) => act(item)))))
  }
  return results
}

export interface Attempted<Result> {
  readonly done: readonly Result[]
  readonly remaining: readonly RecordedError[]
}

/**
 * Waits for all attempts. A failed attempt stops no other attempt. `remaining` contains the permanent errors.
 *
 * @throws {StepError} when an attempt failed with a transient error, after all attempts have settled
 * @throws {Error} when an attempt failed with an unexpected error, which is a defect, after all attempts have settled
 */
export async function attemptAll<Result>(attempts: readonly Promise<Result>[]): Promise<Attempted<Result>> {
  const settled = await Promise.allSettled(attempts)
  const failures = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  const lasting = failures.filter((error) => error instanceof StepError && !error.transient)
  const passing = failures.filter((error) => !lasting.includes(error))
  if (passing.length > 0) throw passing[0]
  return {
    done: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    remaining: lasting.filter((error) => error instanceof StepError).map(recorded),
  }
}

/**
 * Repeats the read and the write when another writer wrote in between.
 *
 * @throws {ConcurrentChange} when attempt number `maxAttempts` conflicts; the state machine retries later
 */
export async function retryOnConflict<Result>(
  maxAttempts: number,
  readAndWrite: (attempt: number) => Promise<Result>,
): Promise<Result> {
  for (let time = 1; ; time += 1) {
    try {
      return await readAndWrite(time)
    } catch (error) {
      if (!(error instanceof ConcurrentChange) || time === maxAttempts) throw error
    }
  }
}
