/** At most so many entries are read for one page, so that its answer is in time. There are fewer clusters. */
const maxRead = 1000

interface Page<Entry> {
  readonly entries: readonly Entry[]
  /** The place where the next page starts. Left out when there is no next page. */
  readonly last?: string
}

/**
 * The entries of a page that the caller may see. Reads on until the page is full, so that a page does not show how many
 * entries are left out.
 *
 * @param read gives the entries after a place, at most `limit`
 */
export async function visiblePage<Entry>(
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  read: (after: string | undefined) => Promise<readonly Entry[]>,
  { placeOf, sees }: { readonly placeOf: (entry: Entry) => string; readonly sees: (entry: Entry) => boolean },
): Promise<Page<Entry>> {
  const entries: Entry[] = []
  let place = after
  for (let count = 0; count < maxRead && entries.length < limit; count += limit) {
    const observed = await read(place)
    entries.push(...observed.filter(sees))
    const end = observed.at(-1)
    if (end === undefined || (observed.length < limit && entries.length <= limit)) return { entries }
    place = placeOf(end)
  }
  const shown = entries.slice(0, limit)
  const end = shown.at(-1)
  // The next page of a full one starts after an entry that the caller has seen.
  const last = shown.length === limit && end !== undefined ? placeOf(end) : place
  return { entries: shown, ...(last !== undefined && { last }) }
}
