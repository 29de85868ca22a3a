import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** Folders that may contain pages of other projects, or copies of our pages. */
const ignored = ['node_modules', '.sandbox', '.peers', 'cdk.out', 'dist', 'coverage', 'docs/site/src']

/** All pages of the repository, by path relative to the root. */
export const pages: readonly string[] = globSync('**/*.md', {
  cwd: root,
  exclude: ignored.map((name) => `**/${name}`),
}).toSorted()

/** @param file path relative to the root */
export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}
