/** How many entries a page has: the most that the API gives. */
export const pageLimit = 100

export interface PageQuery {
  readonly limit: number
  readonly after?: string
}

/**
 * All pages of a list, or as many as are enough.
 *
 * @param read reads one page: what comes after this place, or the beginning
 */
export async function allPages<Page extends { readonly next?: string }>(
  read: (query: PageQuery) => Promise<Page>,
  isEnough: (pages: readonly Page[]) => boolean = () => false,
): Promise<Page[]> {
  const pages: Page[] = []
  let after: string | undefined
  do {
    const page = await read({ limit: pageLimit, ...(after !== undefined && { after }) })
    pages.push(page)
    after = page.next === undefined ? undefined : placeIn(page.next)
  } while (after !== undefined && !isEnough(pages))
  return pages
}

/** The newest operations that a filter leaves, at most `atMost`. A page of what is rare is short, and has a next one. */
export async function newestOperations<Operation>(
  read: (query: PageQuery) => Promise<{ readonly operations: readonly Operation[]; readonly next?: string }>,
  atMost = pageLimit,
): Promise<Operation[]> {
  const found = (pages: readonly { readonly operations: readonly Operation[] }[]) =>
    pages.flatMap(({ operations }) => operations)
  const pages = await allPages(
    ({ limit, ...place }) => read({ ...place, limit: Math.min(limit, atMost) }),
    (read) => found(read).length >= atMost,
  )
  return found(pages).slice(0, atMost)
}

/** @param next a path with its query, as the API gives it */
function placeIn(next: string): string | undefined {
  return new URLSearchParams(next.slice(next.indexOf('?'))).get('after') ?? undefined
}
