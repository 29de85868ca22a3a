/** Addresses of the repository's pages, pictures and files in the site. */
import path from 'node:path'

const picture = /\.(svg|png)$/

/** The pages that become start pages of the site. */
const start = /^(docs\/ja\/)?README\.md$/

/**
 * The slug of a page or a file: its address without leading and trailing slashes. Empty for the start page.
 *
 * @param file path relative to the repository root
 */
export function slugOf(file: string): string {
  if (!file.endsWith('.md')) return `files/${file}`.toLowerCase()
  if (start.test(file)) return file.startsWith('docs/ja/') ? 'ja' : ''
  if (file === 'docs/README.md') return 'contents'
  return file
    .replace(/^docs\//, '')
    .replace(/(\/README)?\.md$/, '')
    .toLowerCase()
}

export function isPicture(file: string): boolean {
  return picture.test(file)
}

/** The address of a picture. One folder contains all pictures. */
export function pictureAddress(file: string): string {
  return `/pictures/${path.basename(file)}`
}

/**
 * A relative link from a page of the site to a page or a file of the repository. A relative link also works in the
 * Japanese site, which shows untranslated pages in English. An English page links to a Japanese page by its absolute
 * address.
 *
 * @param reader slug of the page with the link
 */
export function linkFrom(reader: string, file: string): string {
  const slug = slugOf(file)
  if (isJapanese(slug) && !isJapanese(reader)) return `/${slug}/`
  return wayBetween(reader, isJapanese(reader) && !isJapanese(slug) ? `ja/${slug}` : slug)
}

function isJapanese(slug: string): boolean {
  return /^ja(\/|$)/.test(slug)
}

/** The relative path between two pages of one language. */
function wayBetween(from: string, to: string): string {
  const way = path.posix.relative(`/${from}`, `/${to}`)
  return way === '' ? './' : `${way}/`
}
