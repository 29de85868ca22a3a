import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** Folders that may hold pages of others, or copies of ours. */
const ignored = ['node_modules', '.sandbox', '.peers', 'cdk.out', 'dist', 'coverage', 'docs/site/src']

/** Every page of the repository, by its path from the root. */
export const pages: readonly string[] = globSync('**/*.md', {
  cwd: root,
  exclude: ignored.map((name) => `**/${name}`),
}).toSorted()

/** @param file path from the root */
export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}
