import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** It is beside the folder of the sources, and of what is built of them. */
const schemaFile = path.join(import.meta.dirname, '..', 'setup.schema.json')

/**
 * Where editors find the schema of the request in this file: a path from the file where the schema is below the current
 * folder, so that others who check out both find it, too.
 */
export function schemaReference(file: string): string {
  const isBelow = !path.relative(process.cwd(), schemaFile).startsWith('..')
  if (!isBelow) return pathToFileURL(schemaFile).href
  return path
    .relative(path.dirname(path.resolve(file)), schemaFile)
    .split(path.sep)
    .join('/')
}
