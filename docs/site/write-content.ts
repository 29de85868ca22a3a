/** Writes the input of Astro: the repository's pages, the files that they link to, and the pictures. */
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isPicture } from './address.ts'
import { fileOf, folderOf, pageOf, type SitePage } from './convert.ts'
import { referenceText } from './reference.ts'
import { pages, read, root } from './repository.ts'

const content = path.join(import.meta.dirname, 'src', 'content')
const pictures = path.join(import.meta.dirname, 'public', 'pictures')

/** @throws {Error} when two pages have one address, or a page links to a missing file */
export function writeContent(): void {
  for (const folder of [content, pictures]) rmSync(folder, { recursive: true, force: true })
  const written = new Map<string, string>()
  for (const file of reached()) {
    const { slug, text } = sitePage(file)
    const other = written.get(slug)
    if (other !== undefined) throw new Error(`${file} and ${other} have one address, ${slug}: rename one`)
    written.set(slug, file)
    write(path.join(content, 'docs', `${slug || 'index'}.md`), text)
  }
  write(path.join(content, 'openapi.json'), referenceText())
}

/** All pages and the files that they link to. It also copies the pictures. */
function reached(): readonly string[] {
  const found = new Set(pages)
  for (const file of found) {
    for (const target of sitePage(file).targets) {
      if (isPicture(target)) copyPicture(target)
      else found.add(target)
    }
  }
  return [...found]
}

function sitePage(file: string): SitePage {
  if (statSync(path.join(root, file)).isDirectory()) return folderOf(file, readdirSync(path.join(root, file)))
  return file.endsWith('.md') ? pageOf(file, read(file)) : fileOf(file, read(file))
}

function copyPicture(file: string): void {
  mkdirSync(pictures, { recursive: true })
  copyFileSync(path.join(root, file), path.join(pictures, path.basename(file)))
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}
