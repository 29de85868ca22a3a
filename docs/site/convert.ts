/** Makes pages of the site from pages and files of the repository, which stay as they are. */
import path from 'node:path'
import { stringify } from 'yaml'
import { isPicture, linkFrom, pictureAddress, slugOf } from './address.ts'
import { heroes } from './start.ts'

export interface SitePage {
  readonly slug: string
  readonly text: string
  /** What the page leads to in the repository, by paths from the root. */
  readonly targets: readonly string[]
}

/** Code is matched so that nothing in it is taken for a link. */
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

/** A page that shows a file. A search does not find it: it finds the page that leads to it. */
export function fileOf(file: string, text: string): SitePage {
  const [, language = ''] = /\.(json|yaml|ts|mjs)$/.exec(file) ?? []
  const slug = slugOf(file)
  return {
    slug,
    text: withFrontMatter({ title: file, slug, pagefind: false }, `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`),
    targets: [],
  }
}

/** A page that leads to the files and folders of a folder. */
export function folderOf(folder: string, names: readonly string[]): SitePage {
  const slug = slugOf(folder)
  const targets = names.map((name) => path.posix.join(folder, name))
  const rows = targets.map((target) => `- [${path.posix.basename(target)}](${linkFrom(slug, target)})`)
  return { slug, text: withFrontMatter({ title: folder, slug, pagefind: false }, `${rows.join('\n')}\n`), targets }
}

/** A picture is often wider than its column: it leads to itself. */
function pictureOf(words: string, file: string): string {
  const address = pictureAddress(file)
  return `[![${words}](${address})](${address})`
}

/** A title without marks of Markdown. */
function plain(title: string): string {
  return title.replaceAll('`', '')
}

function withFrontMatter(data: object, body: string): string {
  return `---\n${stringify(data)}---\n${body}`
}
