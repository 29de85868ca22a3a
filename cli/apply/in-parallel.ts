/**
 * Does the same for each entry, for at most `width` of them at a time, in their order.
 *
 * @returns what came of each, in the order of the entries
 */
export async function inParallel<Entry, Result>(
  entries: readonly Entry[],
  width: number,
  act: (entry: Entry) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  // All workers take from this one iterator.
  const waiting = entries.entries()
  const work = async () => {
    for (const [index, entry] of waiting) results[index] = await act(entry)
  }
  await Promise.all(Array.from({ length: Math.min(width, entries.length) }, work))
  return results
}
