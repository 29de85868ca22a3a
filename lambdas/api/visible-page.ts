import type { ListPage, ListRange } from '../operations/record/table.ts'

/** Limits for one page: authorization checks of entries, and reads. They keep the response within its time limit. */
const mostDecided = 1000
const mostReads = 10

/** Each read is larger than the previous one by this factor, up to a maximum, so that few reads find rare entries. */
const growth = 4
const longestRead = 1000

interface Page<Entry> {
  readonly entries: readonly Entry[]
  /** The position after which the next page starts. Absent when no next page exists. */
  readonly next?: string
}

/**
 * The entries of a page that the caller may see. It reads until the page is full, so that a page does not reveal how
 * many entries are hidden. A page that reached one of these limits is not full, but has a next page.
 *
 * @param read reads `itemsToRead` items after the position `after`, and returns the entries among them
 */
export async function visiblePage<Entry>(
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  read: (from: ListRange) => Promise<ListPage<Entry>>,
  { positionOf, maySee }: { readonly positionOf: (entry: Entry) => string; readonly maySee: (entry: Entry) => boolean },
): Promise<Page<Entry>> {
  const entries: Entry[] = []
  let from: ListRange = { after, itemsToRead: limit }
  let decided = 0
  for (let count = 1; ; count++) {
    const page = await read(from)
    entries.push(...page.entries.filter(maySee))
    decided += page.entries.length
    const isEnough = entries.length >= limit || decided >= mostDecided || count === mostReads
    if (isEnough || page.next === undefined) return cut(entries, limit, { positionOf, next: page.next })
    from = { after: page.next, itemsToRead: Math.min(from.itemsToRead * growth, longestRead) }
  }
}

function cut<Entry>(
  entries: readonly Entry[],
  limit: number,
  { positionOf, next }: { readonly positionOf: (entry: Entry) => string; readonly next: string | undefined },
): Page<Entry> {
  const shown = entries.slice(0, limit)
  if (next === undefined && entries.length <= limit) return { entries: shown }
  const end = shown.at(-1)
  // After a full page, the next page starts after the last shown entry, because entries after it were cut off.
  const start = shown.length === limit && end !== undefined ? positionOf(end) : next
  return { entries: shown, ...(start !== undefined && { next: start }) }
}
