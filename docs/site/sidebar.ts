/** The sidebar, from the table of contents in docs/README.md. */
import path from 'node:path'
import { slugOf } from './address.ts'

export interface SidebarGroup {
  readonly label: string
  readonly translations: Readonly<Record<string, string>>
  readonly items: readonly SidebarLink[]
}

export interface SidebarLink {
  readonly slug: string
  readonly label?: string
}

const inJapanese: Readonly<Record<string, string>> = {
  Start: '始める',
  'Use it': '使う',
  'Run it': '運用する',
  'Change it': '変更する',
}

/**
 * @param contents the text of docs/README.md
 * @throws {Error} for a group without a Japanese name
 */
export function sidebarOf(contents: string): readonly SidebarGroup[] {
  const [, ...parts] = contents.split(/^\*\*(.+)\*\*$/m)
  const groups: SidebarGroup[] = []
  for (let at = 0; at < parts.length; at += 2) {
    const [label = '', tables = ''] = parts.slice(at, at + 2)
    const ja = inJapanese[label]
    if (ja === undefined) throw new Error(`docs/site/sidebar.ts has no Japanese name of the group "${label}": add it`)
    groups.push({ label, translations: { ja }, items: [...tables.matchAll(/^\| \[(.+?)\]\((.+?)\)/gm)].map(linkOf) })
  }
  return groups
}

/** A page's label is its title in the reader's language. A page for a folder has no title. */
function linkOf([, label = '', target = '']: readonly string[]): SidebarLink {
  const file = path.posix.join('docs', target)
  const slug = slugOf(file)
  return file.endsWith('.md') ? { slug } : { slug, label }
}
