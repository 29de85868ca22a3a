import type { ListPage, PlaceInList } from '../operations/record/table.ts'

/** Limits for one page: authorization checks of entries, and reads. They keep the response within its time limit. */
const mostDecided = 1000
const mostReads = 10

/** Each read is larger than the previous one by this factor, up to a maximum, so that few reads find rare entries. */
const growth = 4
const longestRead = 1000

interface Page<Entry> {
  readonly entries: readonly Entry[]
  /** The position after which the next page starts. Absent when no next page exists. */
  readonly last?: string
}

/**
 * The entries of a page that the caller may see. It reads until the page is full, so that a page does not reveal how
 * many entries are hidden. A page that reached a limit is not full, but has a next page.
 *
 * @param read returns the entries among a number of items after a position
 */
export async function visiblePage<Entry>(
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  read: (from: PlaceInList) => Promise<ListPage<Entry>>,
  { placeOf, maySee }: { readonly placeOf: (entry: Entry) => string; readonly maySee: (entry: Entry) => boolean },
): Promise<Page<Entry>> {
  const entries: Entry[] = []
  let from: PlaceInList = { after, reads: limit }
  let decided = 0
  for (let count = 1; ; count++) {
    const page = await read(from)
    entries.push(...page.entries.filter(maySee))
    decided += page.entries.length
    const isEnough = entries.length >= limit || decided >= mostDecided || count === mostReads
    if (isEnough || page.next === undefined) return cut(entries, limit, { placeOf, next: page.next })
    from = { after: page.next, reads: Math.min(from.reads * growth, longestRead) }
  }
}

function cut<Entry>(
  entries: readonly Entry[],
  limit: number,
  { placeOf, next }: { readonly placeOf: (entry: Entry) => string; readonly next: string | undefined },
): Page<Entry> {
  const shown = entries.slice(0, limit)
  if (next === undefined && entries.length <= limit) return { entries: shown }
  const end = shown.at(-1)
  // The next page of a full one starts after an entry that the caller has seen.
  const last = shown.length === limit && end !== undefined ? placeOf(end) : next
  return { entries: shown, ...(last !== undefined && { last }) }
}
