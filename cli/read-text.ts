import { readFile } from 'node:fs/promises'
import { wrongUse } from './errors.ts'

/**
 * The text of a file that the user has named.
 *
 * @throws {WrongUse} when the file cannot be read
 */
export function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => wrongUse(error, file))
}
