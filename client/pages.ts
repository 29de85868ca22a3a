/** Entries per page: the API's maximum. */
export const pageLimit = 100

export interface PageQuery {
  readonly limit: number
  readonly after?: string
}

/**
 * All pages of a list, or the first pages until `isEnough` returns true.
 *
 * @param read reads one page, after the given position or from the beginning
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
    after = page.next === undefined ? undefined : positionIn(page.next)
  } while (after !== undefined && !isEnough(pages))
  return pages
}

/**
 * The newest operations that match a filter, at most `atMost`. With a filter, a page may be short although a next page
 * exists.
 */
export async function newestOperations<Operation>(
  read: (query: PageQuery) => Promise<{ readonly operations: readonly Operation[]; readonly next?: string }>,
  atMost = pageLimit,
): Promise<Operation[]> {
  const found = (pages: readonly { readonly operations: readonly Operation[] }[]) =>
    pages.flatMap(({ operations }) => operations)
  const pages = await allPages(
    ({ limit, ...position }) => read({ ...position, limit: Math.min(limit, atMost) }),
    (read) => found(read).length >= atMost,
  )
  return found(pages).slice(0, atMost)
}

/** @param next a path with its query, as the API returns it */
function positionIn(next: string): string | undefined {
  return new URLSearchParams(next.slice(next.indexOf('?'))).get('after') ?? undefined
}
