import { expect, test } from 'vitest'
import { fileOf, folderOf, pageOf } from '../../docs/site/convert.ts'
import { faultsOf } from '../../docs/site/faults.ts'
import { sidebarOf } from '../../docs/site/sidebar.ts'
import { read } from './support.ts'

const bodyOf = (file: string, markdown: string) => pageOf(file, markdown).text.split('---\n').at(-1)

test('the title of a page is its first heading, which is not shown twice', () => {
  const { slug, text } = pageOf('docs/cli.md', '# Use `wid`\n\nWords.\n')
  expect(slug).toBe('cli')
  expect(text).toBe('---\ntitle: Use wid\nslug: cli\n---\n\nWords.\n')
})

test('a link to a page, a file or a folder becomes a relative link to its page of the site', () => {
  const { text, targets } = pageOf(
    'docs/api.md',
    '# A\n[a](on-call.md#errors) [b](../examples/setup.json) [`c`](../examples) [d](../README.md) [e](#here)',
  )
  expect(text).toContain(
    '[a](../on-call/#errors) [b](../files/examples/setup.json/) [`c`](../files/examples/) [d](../) [e](#here)',
  )
  expect(targets).toEqual(['docs/on-call.md', 'examples/setup.json', 'examples', 'README.md'])
})

test('a link of a Japanese page leads to a page of the Japanese site', () => {
  expect(bodyOf('docs/ja/getting-started.md', '# A\n[a](../api.md) [b](README.md)')).toBe('[a](../api/) [b](../)')
})

test('a link of an English page to a Japanese one is absolute, because the Japanese site also shows English pages', () => {
  expect(bodyOf('docs/api.md', '# A\n[a](ja/README.md) [b](ja/getting-started.md#x)')).toBe(
    '[a](/ja/) [b](/ja/getting-started/#x)',
  )
})

test('does not change links to other sites, and code', () => {
  const markdown = '[a](https://example.com) `[b](c.md)`\n\n```\n[d](e.md)\n```\n'
  expect(bodyOf('docs/api.md', `# A\n${markdown}`)).toBe(markdown)
})

test('a picture is loaded from the folder of pictures, and links to itself', () => {
  expect(bodyOf('docs/architecture.md', '# A\n![Who](trust.svg)')).toBe(
    '[![Who](/pictures/trust.svg)](/pictures/trust.svg)',
  )
})

test('a file is shown as code, and a folder as a list of links', () => {
  expect(fileOf('examples/setup.json', '{}\n').text).toContain('````json\n{}\n````')
  expect(folderOf('examples', ['setup', 'a.yaml']).text).toContain('- [setup](setup/)\n- [a.yaml](a.yaml/)\n')
})

test('the sidebar has every page of the table of contents', () => {
  const groups = sidebarOf(read('docs/README.md'))
  const slugs = groups.flatMap(({ items }) => items.map(({ slug }) => slug))
  expect(slugs).toEqual(expect.arrayContaining(['getting-started', 'api', 'contributing']))
  expect(slugs).toHaveLength(read('docs/README.md').match(/^\| \[/gm)?.length ?? 0)
})

test('a folder has its name in the table of contents', () => {
  const [group] = sidebarOf('**Start**\n\n| [Requests](../examples) | ? |\n')
  expect(group?.items).toEqual([{ slug: 'files/examples', label: 'Requests' }])
})

test('refuses a group of the table of contents without a Japanese name', () => {
  expect(() => sidebarOf('**Other things**\n\n| [A](a.md) | ? |\n')).toThrow(
    'no Japanese name of the group "Other things"',
  )
})

const page = (body: string) => `<!doctype html><html><body>${body}</body></html>`

test('reports links of the built site to missing pages and headings', () => {
  const site = new Map([
    [
      '/index.html',
      page('<h2 id="here">Here</h2><a href="a/">a</a><a href="#here">b</a><a href="https://x.example">c</a>'),
    ],
    ['/a/index.html', page('<a href="../b/">d</a><a href="../#there">e</a><a href="http://HOST:PORT">f</a>')],
  ])
  expect(faultsOf(site)).toEqual([
    '/a/index.html: the link ../b/ leads to no page',
    '/a/index.html: the link ../#there leads to no heading of its page',
    '/a/index.html: the link http://HOST:PORT is no address',
  ])
})

test('reports scripts, styles, pictures and fonts of the built site from other sites', () => {
  const site = new Map([
    [
      '/index.html',
      page(
        '<link rel="canonical" href="https://a.example/"><link rel="stylesheet" href="https://b.example/b.css">' +
          '<script src="//c.example/c.js"></script><img srcset="/d.png 1x, https://e.example/e.png 2x">',
      ),
    ],
    ['/d.png', ''],
    ['/f.css', '@import "https://f.example/f.css"; a { background: url(data:image/png,x) } b { src: url(/g.woff2) }'],
  ])
  expect(faultsOf(site)).toEqual([
    '/index.html: https://b.example/b.css is loaded from outside: keep a copy in the site',
    '/index.html: //c.example/c.js is loaded from outside: keep a copy in the site',
    '/index.html: https://e.example/e.png is loaded from outside: keep a copy in the site',
    '/f.css: https://f.example/f.css is loaded from outside: keep a copy in the site',
    '/f.css: /g.woff2 is not in the site',
  ])
})
