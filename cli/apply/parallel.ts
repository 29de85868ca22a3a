import { WrongUse } from '../errors.ts'

/** The default limit of running operations per caller. */
const maximum = 20

/**
 * The number of clusters that `--parallel` allows at a time.
 *
 * @throws {WrongUse} when the text is not a number in the range
 */
export function concurrencyOf(text: string): number {
  const concurrency = Number(text)
  if (/^\d+$/.test(text) && concurrency >= 1 && concurrency <= maximum) return concurrency
  throw new WrongUse(`--parallel takes a number from 1 to ${maximum}, not "${text}".`)
}

/**
 * Calls `act` for each entry in order, at most `concurrency` at a time.
 *
 * @returns the results, in the order of the entries
 */
export async function inParallel<Entry, Result>(
  entries: readonly Entry[],
  concurrency: number,
  act: (entry: Entry) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  // All workers share this iterator.
  const waiting = entries.entries()
  const work = async () => {
    for (const [index, entry] of waiting) results[index] = await act(entry)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, entries.length) }, work))
  return results
}
