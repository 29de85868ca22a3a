import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { wrongUse } from '../errors.ts'

const schemaName = 'setup.schema.json'

/** It is beside the folder of the sources, and of what is built of them. */
const schemaFile = path.join(import.meta.dirname, '..', schemaName)

/**
 * Where editors find the schema of the request in this file: a path from the file. It leads to the schema of the command where
 * that is below the current folder, and else to a copy beside the file: others have this command in another folder.
 */
export function schemaReference(file: string): string {
  if (!isBelow()) return schemaName
  return path
    .relative(path.dirname(path.resolve(file)), schemaFile)
    .split(path.sep)
    .join('/')
}

/**
 * Puts the copy beside the file, where the reference leads to it. One that is there stays. Gives back the copy that it has made.
 *
 * @throws {WrongUse} when it cannot be written
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
