import type { components } from './types.ts'

type ClusterPage = components['schemas']['ClusterPage']

/** How many entries a page has: the most that the API gives. */
export const pageLimit = 100

/**
 * All clusters, from as many pages as there are.
 *
 * @param read reads one page: the clusters after the one of this name, or the first ones
 */
export async function allClusters(
  read: (query: { readonly limit: number; readonly after?: string }) => Promise<ClusterPage>,
): Promise<ClusterPage['clusters']> {
  const all: ClusterPage['clusters'] = []
  let after: string | undefined
  do {
    const page = await read({ limit: pageLimit, ...(after !== undefined && { after }) })
    all.push(...page.clusters)
    after = page.next === undefined ? undefined : all.at(-1)?.name
  } while (after !== undefined)
  return all
}
