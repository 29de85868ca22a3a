import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { WrongUse, wrongUse } from '../errors.ts'

const extensions = new Set(['.json', '.yaml', '.yml'])

/** "wid init" writes the schema, which is not a request, beside a request. */
const schemaSuffix = '.schema.json'

/**
 * The files for a path: the file itself, or the request files in a folder, by name. Subfolders are ignored, as "kubectl
 * apply -f" does without --recursive.
 *
 * @param given a path, or "-" for standard input
 * @throws {WrongUse} when the path does not exist, or the folder has no request file
 */
export async function filesAt(given: string): Promise<string[]> {
  if (given === '-') return [given]
  const found = await stat(given).catch((error) => wrongUse(error, given))
  if (!found.isDirectory()) return [given]
  const entries = await readdir(given, { withFileTypes: true }).catch((error) => wrongUse(error, given))
  const names = entries.filter((entry) => !entry.isDirectory() && mayHaveRequests(entry.name)).map(({ name }) => name)
  if (names.length > 0) return names.toSorted().map((name) => path.join(given, name))
  throw new WrongUse(
    `${given}: the folder has no file that ends in .yaml, .yml or .json. Files in its subfolders are not read.`,
  )
}

function mayHaveRequests(name: string): boolean {
  return extensions.has(path.extname(name)) && !name.endsWith(schemaSuffix)
}

/**
 * The text of a file that the user has named.
 *
 * @throws {WrongUse} when the file cannot be read
 */
export function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => wrongUse(error, file))
}
