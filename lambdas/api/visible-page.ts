import type { ListPage, PlaceInList } from '../operations/record/table.ts'

/** Entries of which is decided whether the caller sees them, and reads, for one page: so its answer is in time. */
const mostDecided = 1000
const mostReads = 10

/** How much longer each read is than the one before, so that few reads find what is rare, and up to how many items. */
const growth = 4
const longestRead = 1000

interface Page<Entry> {
  readonly entries: readonly Entry[]
  /** The place where the next page starts. Left out when there is no next page. */
  readonly last?: string
}

/**
 * The entries of a page that the caller may see. Reads on until the page is full, so that a page does not show how many
 * entries are left out. A page that is not full has a next one when too much was read for it.
 *
 * @param read gives what it finds in so many items after a place
 */
export async function visiblePage<Entry>(
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  read: (from: PlaceInList) => Promise<ListPage<Entry>>,
  { placeOf, sees }: { readonly placeOf: (entry: Entry) => string; readonly sees: (entry: Entry) => boolean },
): Promise<Page<Entry>> {
  const entries: Entry[] = []
  let from: PlaceInList = { after, reads: limit }
  let decided = 0
  for (let count = 1; ; count++) {
    const page = await read(from)
    entries.push(...page.entries.filter(sees))
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
