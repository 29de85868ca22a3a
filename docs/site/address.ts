/** Where the site has the pages, pictures and files of the repository. */
import path from 'node:path'

const picture = /\.(svg|png)$/

/** A page at the root, of which the site's start page is made. */
const start = /^(docs\/ja\/)?README\.md$/

/**
 * The slug of a page or a file, which is its address without slashes at both ends. The start page has none.
 *
 * @param file path from the repository's root
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

/** The address of a picture. All pictures lie in one folder. */
export function pictureAddress(file: string): string {
  return `/pictures/${path.basename(file)}`
}

/**
 * The link from a page of the site to a page or a file of the repository. It is relative, so that the Japanese site, which shows
 * English pages where there is no translation, leads from these to its own. Only a Japanese page has the same address for both.
 *
 * @param reader slug of the page that has the link
 */
export function linkFrom(reader: string, file: string): string {
  const slug = slugOf(file)
  if (isJapanese(slug) && !isJapanese(reader)) return `/${slug}/`
  return wayBetween(reader, isJapanese(reader) && !isJapanese(slug) ? `ja/${slug}` : slug)
}

function isJapanese(slug: string): boolean {
  return /^ja(\/|$)/.test(slug)
}

/** The relative way between two pages of one language. */
function wayBetween(from: string, to: string): string {
  const way = path.posix.relative(`/${from}`, `/${to}`)
  return way === '' ? './' : `${way}/`
}
