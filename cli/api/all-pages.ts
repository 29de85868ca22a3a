/** How many entries a page has: the most that the API gives. */
export const pageLimit = 100

export interface PageQuery {
  readonly limit: number
  readonly after?: string
}

/**
 * All pages of a list.
 *
 * @param read reads one page: what comes after this place, or the beginning
 */
export async function allPages<Page extends { readonly next?: string }>(
  read: (query: PageQuery) => Promise<Page>,
): Promise<Page[]> {
  const pages: Page[] = []
  let after: string | undefined
  do {
    const page = await read({ limit: pageLimit, ...(after !== undefined && { after }) })
    pages.push(page)
    after = page.next === undefined ? undefined : placeIn(page.next)
  } while (after !== undefined)
  return pages
}

/** @param next a path with its query, as the API gives it */
function placeIn(next: string): string | undefined {
  return new URLSearchParams(next.slice(next.indexOf('?'))).get('after') ?? undefined
}
