import type { Texts } from '../texts/en.ts'

export interface Crumb {
  readonly text: string
  readonly href: string
}

/** The breadcrumbs from the first page to this one. */
export function crumbsOf(pathname: string, texts: Texts): Crumb[] {
  const [, list = '', entry] = pathname.split('/')
  const titles: Readonly<Record<string, string>> = {
    clusters: texts.clusters,
    'new-setup': texts.newSetup,
    operations: texts.operations,
    workloads: texts.myWorkloads,
    access: texts.access.title,
  }
  const title = Object.hasOwn(titles, list) ? titles[list] : undefined
  return [
    { text: texts.product, href: '/workloads' },
    ...(title === undefined ? [] : [{ text: title, href: `/${list}` }]),
    ...(title === undefined || entry === undefined ? [] : [{ text: decoded(entry), href: pathname }]),
  ]
}

/** A typed URL may contain an invalid encoding, which stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
