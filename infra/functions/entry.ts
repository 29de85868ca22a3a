import { basename } from 'node:path'

/** A handler's file, or the files of the steps that share a function by step name, relative to the repository root. */
export type Entry = string | SharedEntry

/** The steps of one function. */
export interface SharedEntry {
  readonly name: string
  readonly handlers: Readonly<Record<string, string>>
}

/** The name of a function and of its bundle: the entry's file name without its extension, or the group's name. */
export function bundleName(entry: Entry): string {
  return typeof entry === 'string' ? basename(entry, '.ts') : entry.name
}
