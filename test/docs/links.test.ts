import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { anchors, matches, pages, read, root } from './support.ts'

/** The text of a page without code. */
function prose(page: string): string {
  return read(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`\n]*`/g, '')
}

function isBroken(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? page : path.join(path.dirname(page), file)
  if (!existsSync(path.join(root, target))) return true
  return anchor !== undefined && !anchors(target).includes(anchor)
}

test('finds the pages to check', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/README.md', 'sandbox/README.md']))
})

test.each(pages)('every relative link of %s leads to an existing file and heading', (page) => {
  const links = matches(prose(page), /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link))
  expect(links.filter((link) => isBroken(page, link))).toEqual([])
})

// The site turns each address into a link.
test.each(pages)('every address in the prose of %s is valid', (page) => {
  const addresses = matches(prose(page), /(?<![\w"])(https?:\/\/[^\s|<>)\]]*[^\s|<>)\].,:;])/g)
  expect(addresses.filter((address) => !URL.canParse(address))).toEqual([])
})

// On the Japanese site, links of untranslated pages lead to the Japanese pages.
test('every heading that a page of docs/ links to also exists in the Japanese translation', () => {
  const translated = pages.filter((page) => page.startsWith('docs/ja/'))
  const links = pages
    .filter((page) => /^docs\/[^/]+\.md$/.test(page))
    .flatMap((page) => matches(prose(page), /\]\(([^)\s#]+#[^)\s]+)\)/g).map((link) => ({ page, link })))
  const isLost = ({ link }: { readonly link: string }) => {
    const [file = '', anchor = ''] = link.split('#')
    const target = path.join('docs/ja', file)
    return translated.includes(target) && !anchors(target).includes(anchor)
  }
  expect(links.filter(isLost)).toEqual([])
})

test.each(pages)('every npm script that %s names exists', (page) => {
  const scripts = Object.keys(manifest.scripts)
  const named = matches(read(page), /npm run (?:--silent )?([\w:]+)/g)
  expect(named.filter((script) => !scripts.includes(script))).toEqual([])
})

test('every npm script is named on a page', () => {
  const text = pages.map(read).join('')
  const isNamed = (script: string) => new RegExp(`npm (?:run )?(?:--silent )?${script}(?![\\w:])`).test(text)
  expect(Object.keys(manifest.scripts).filter((script) => !isNamed(script))).toEqual([])
})

test('every page of docs/ is in its table of contents', () => {
  const listed = matches(read('docs/README.md'), /\]\(([^)\s]+)\)/g)
  const own = pages.filter((page) => /^docs\/(?:[^/]+|adr\/README)\.md$/.test(page) && page !== 'docs/README.md')
  expect(own.map((page) => path.relative('docs', page)).filter((page) => !listed.includes(page))).toEqual([])
})

test('every decision is in the list of decisions', () => {
  const decisions = pages.filter((page) => /^docs\/adr\/\d{4}-.+\.md$/.test(page)).map((page) => path.basename(page))
  expect(matches(read('docs/adr/README.md'), /\]\((\d{4}-[^)]+)\)/g)).toEqual(decisions)
})
