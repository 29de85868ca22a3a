/**
 * Calls `act` for each entry in order, at most `width` at a time.
 *
 * @returns the results, in the order of the entries
 */
export async function inParallel<Entry, Result>(
  entries: readonly Entry[],
  width: number,
  act: (entry: Entry) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  // All workers share this iterator.
  const waiting = entries.entries()
  const work = async () => {
    for (const [index, entry] of waiting) results[index] = await act(entry)
  }
  await Promise.all(Array.from({ length: Math.min(width, entries.length) }, work))
  return results
}
