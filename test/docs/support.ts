import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** Folders of .gitignore that may hold pages of others. */
const ignored = ['node_modules', '.sandbox', '.peers', 'cdk.out', 'dist', 'coverage']

/** Every page of the repository, by its path from the root. */
export const pages: readonly string[] = globSync('**/*.md', {
  cwd: root,
  exclude: ignored.map((name) => `**/${name}`),
}).toSorted()

/** @param file path from the root */
export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}

/** The groups of all matches, each once. */
export function matches(text: string, pattern: RegExp): string[] {
  return [
    ...new Set([...text.matchAll(pattern)].flatMap(([, ...observed]) => observed.filter((one) => one !== undefined))),
  ]
}
