import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { WrongUse, wrongUse } from '../errors.ts'

const extensions = new Set(['.json', '.yaml', '.yml'])

/** "wid init" writes the schema beside a request, for editors. */
const schemaSuffix = '.schema.json'

/**
 * The files that a path stands for: itself, or the files with requests in a folder, by their names. What is in folders of the
 * folder is left out, as "kubectl apply -f" does without --recursive.
 *
 * @param given a path, or "-" for standard input
 * @throws {WrongUse} when there is nothing at the path, or the folder has no such file
 */
export async function filesAt(given: string): Promise<string[]> {
  if (given === '-') return [given]
  const found = await stat(given).catch((error) => wrongUse(error, given))
  if (!found.isDirectory()) return [given]
  const entries = await readdir(given, { withFileTypes: true }).catch((error) => wrongUse(error, given))
  const names = entries.filter((entry) => !entry.isDirectory() && mayHaveRequests(entry.name)).map(({ name }) => name)
  if (names.length > 0) return names.toSorted().map((name) => path.join(given, name))
  throw new WrongUse(
    `${given}: the folder has no file that ends in .yaml, .yml or .json. Files in its own folders are not read.`,
  )
}

function mayHaveRequests(name: string): boolean {
  return extensions.has(path.extname(name)) && !name.endsWith(schemaSuffix)
}
