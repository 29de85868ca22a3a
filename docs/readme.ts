import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const file = path.join(path.dirname(import.meta.dirname), 'README.md')

export function readReadme(): string {
  return readFileSync(file, 'utf8')
}

export function writeReadme(text: string): void {
  writeFileSync(file, text)
}

/**
 * The README with the part between `<!-- NAME -->` and `<!-- end of NAME -->` replaced.
 *
 * @throws Error when the README has no such part
 */
export function withPart(readme: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`README.md has no part "${start.trim()} ... ${end}"`)
  return `${readme.slice(0, from + start.length)}\n${text}\n\n${readme.slice(to)}`
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}
