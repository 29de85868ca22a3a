/** Converts pages and files of the repository to pages of the site, without changing the originals. */
import path from 'node:path'
import { stringify } from 'yaml'
import { isPicture, linkFrom, pictureAddress, slugOf } from './address.ts'
import { heroes } from './start.ts'

export interface SitePage {
  readonly slug: string
  readonly text: string
  /** Paths of the linked repository files, relative to the root. */
  readonly targets: readonly string[]
}

/** Matches code, too, so that its contents do not count as links. */
const codeOrLink = /^```.*?^```$|`[^`\n]*`|!?\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/gms

/** A page with the front matter of Starlight, and with links to pages of the site. */
export function pageOf(file: string, markdown: string): SitePage {
  const [heading = '', title = file] = /^# (.*)\n/m.exec(markdown) ?? []
  const slug = slugOf(file)
  const targets: string[] = []
  const body = markdown.replace(heading, '').replace(codeOrLink, (found: string, words: string, target?: string) => {
    if (target === undefined || /^[a-z]+:|^#/.test(target)) return found
    const [relative = '', anchor] = target.split('#')
    const linked = path.posix.join(path.posix.dirname(file), relative)
    targets.push(linked)
    if (isPicture(linked)) return pictureOf(words, linked)
    return `[${words}](${linkFrom(slug, linked)}${anchor === undefined ? '' : `#${anchor}`})`
  })
  const hero = heroes[file]
  const start = hero && { template: 'splash', hero }
  return { slug, text: withFrontMatter({ title: plain(title), slug, ...start }, body), targets }
}

/** A page that shows a file. Search excludes it, because it finds the page that links to it. */
export function fileOf(file: string, text: string): SitePage {
  const [, language = ''] = /\.(json|yaml|ts|mjs)$/.exec(file) ?? []
  const slug = slugOf(file)
  return {
    slug,
    text: withFrontMatter({ title: file, slug, pagefind: false }, `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`),
    targets: [],
  }
}

/** A page with links to the contents of a folder. */
export function folderOf(folder: string, names: readonly string[]): SitePage {
  const slug = slugOf(folder)
  const targets = names.map((name) => path.posix.join(folder, name))
  const rows = targets.map((target) => `- [${path.posix.basename(target)}](${linkFrom(slug, target)})`)
  return { slug, text: withFrontMatter({ title: folder, slug, pagefind: false }, `${rows.join('\n')}\n`), targets }
}

/** A picture is often wider than its column, so it links to itself. */
function pictureOf(words: string, file: string): string {
  const address = pictureAddress(file)
  return `[![${words}](${address})](${address})`
}

/** A title without Markdown syntax. */
function plain(title: string): string {
  return title.replaceAll('`', '')
}

function withFrontMatter(data: object, body: string): string {
  return `---\n${stringify(data)}---\n${body}`
}
