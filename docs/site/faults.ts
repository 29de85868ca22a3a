/** Faults of the built site: broken links and anchors, and resources that need a network. */
import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

/** Files by address, such as `/api/index.html`. Only pages and styles have their text. */
export type Site = ReadonlyMap<string, string>

interface Page {
  readonly ids: ReadonlySet<string>
  readonly links: readonly string[]
  readonly resources: readonly string[]
}

/** Attributes that load a resource. Ordinary links do not. */
const resourceAttributes = ['src', 'srcset', 'poster', 'data']

/** `<link>` relations that a browser does not load. */
const notLoaded = ['canonical', 'alternate']

/** One line for each fault, with the page that has it. */
export function faultsOf(site: Site): readonly string[] {
  const pages = new Map([...site].filter(([file]) => file.endsWith('.html')).map(([file, html]) => [file, read(html)]))
  const ofPages = [...pages].flatMap(([file, { links, resources }]) => [
    ...links.flatMap((link) => faultOfLink(file, link, { site, pages })),
    ...resources.flatMap((resource) => faultOfResource(file, resource, site)),
  ])
  const styles = [...site].filter(([file]) => file.endsWith('.css'))
  const ofStyles = styles.flatMap(([file, css]) =>
    [...css.matchAll(/url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)/g)].flatMap(([, url, imported]) =>
      faultOfResource(file, url ?? imported ?? '', site),
    ),
  )
  return [...new Set([...ofPages, ...ofStyles])]
}

function faultOfLink(
  file: string,
  link: string,
  { site, pages }: { readonly site: Site; readonly pages: ReadonlyMap<string, Page> },
): string[] {
  if (!URL.canParse(link, home)) return [`${file}: the link ${link} is no address`]
  const url = addressOf(file, link)
  if (url === undefined) return []
  const target = fileAt(url, site)
  if (target === undefined) return [`${file}: the link ${link} leads to no page`]
  const anchor = decodeURIComponent(url.hash.slice(1))
  const page = pages.get(target)
  if (anchor === '' || page === undefined || page.ids.has(anchor)) return []
  return [`${file}: the link ${link} leads to no heading of its page`]
}

function faultOfResource(file: string, resource: string, site: Site): string[] {
  if (resource.startsWith('data:') || resource.startsWith('#')) return []
  const url = addressOf(file, resource)
  if (url === undefined) return [`${file}: ${resource} is loaded from outside: keep a copy in the site`]
  return fileAt(url, site) === undefined ? [`${file}: ${resource} is not in the site`] : []
}

const home = 'http://site.invalid'

/** The address within the site, or undefined for an external one. */
function addressOf(file: string, link: string): URL | undefined {
  const url = new URL(link, `${home}${file.replace(/index\.html$/, '')}`)
  return url.origin === home ? url : undefined
}

function fileAt({ pathname }: URL, site: Site): string | undefined {
  const address = decodeURIComponent(pathname)
  return [address, `${address}index.html`, `${address}/index.html`].find((file) => site.has(file))
}

function read(html: string): Page {
  const elements = [...elementsOf(parse(html))]
  const all = (name: string) => elements.flatMap((element) => attribute(element, name) ?? [])
  const loads = (element: Element) => !notLoaded.includes(attribute(element, 'rel') ?? '')
  const named = (tag: string) => elements.filter((element) => element.tagName === tag)
  return {
    ids: new Set(all('id')),
    links: named('a').flatMap((element) => attribute(element, 'href') ?? []),
    resources: [
      ...named('link')
        .filter(loads)
        .flatMap((element) => attribute(element, 'href') ?? []),
      ...resourceAttributes.flatMap(all).flatMap((value) => value.split(',').map(urlOfSource)),
    ],
  }
}

/** The URL in `a.png 2x`. */
function urlOfSource(source: string): string {
  return source.trim().split(/\s/)[0] ?? ''
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value
}

function* elementsOf(node: Node): Generator<Element> {
  if ('tagName' in node) yield node
  if ('childNodes' in node) for (const child of node.childNodes) yield* elementsOf(child)
}
