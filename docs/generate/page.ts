import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/**
 * The text of a page.
 *
 * @param name path relative to the repository root
 */
export function readPage(name: string): string {
  return readFileSync(path.join(root, name), 'utf8')
}

/**
 * Writes a generated page or picture. With `--check` on the command line it writes nothing. Instead it reports a file
 * that differs, and sets the exit status to 1.
 *
 * @param name path relative to the repository root
 * @param command the command that updates the file
 */
export function keep(name: string, text: string, command: string): void {
  if (!process.argv.includes('--check')) writeFileSync(path.join(root, name), text)
  else if (readPage(name) !== text) {
    console.error(`${name} is out of date: run "${command}".`)
    process.exitCode = 1
  }
}

/**
 * Replaces the text between `<!-- NAME -->` and `<!-- end of NAME -->` in the page.
 *
 * @throws {Error} when the page lacks this part
 */
export function withPart(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no part "${start.trim()} ... ${end}"`)
  return `${page.slice(0, from + start.length)}\n${text}\n\n${page.slice(to)}`
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}
