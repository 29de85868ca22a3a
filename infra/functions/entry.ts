import { basename } from 'node:path'

/** The file of one handler, or the handlers of a shared function. Paths are relative to the repository root. */
export type Entry = string | SharedEntry

/** The name of a function, and the files of its handlers by step name. */
export interface SharedEntry {
  readonly name: string
  readonly handlers: Readonly<Record<string, string>>
}

/** The name of a function and of its bundle: the entry's file name without its extension, or the group's name. */
export function bundleName(entry: Entry): string {
  return typeof entry === 'string' ? basename(entry, '.ts') : entry.name
}
