import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { schemaFile } from '../../client/schema-file.ts'
import { wrongUse } from '../errors.ts'

const schemaName = path.basename(schemaFile)

/**
 * The path from the file to the schema, for editors. It refers to the command's own schema if that is below the current
 * folder. Otherwise it refers to a copy beside the file, because other users have the command in another folder.
 */
export function schemaReference(file: string): string {
  if (!isBelow()) return schemaName
  return path
    .relative(path.dirname(path.resolve(file)), schemaFile)
    .split(path.sep)
    .join('/')
}

/**
 * Copies the schema beside the file, unless the copy exists or the reference needs none. Returns the new copy's path.
 *
 * @throws {WrongUse} when the file cannot be written
 */
export async function copySchema(file: string): Promise<string | undefined> {
  if (isBelow()) return undefined
  const copy = path.join(path.dirname(file), schemaName)
  return copyFile(schemaFile, copy, constants.COPYFILE_EXCL).then(
    () => copy,
    (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? undefined : wrongUse(error)),
  )
}

function isBelow(): boolean {
  return !path.relative(process.cwd(), schemaFile).startsWith('..')
}
