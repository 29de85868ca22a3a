import { globSync } from 'node:fs'
import path from 'node:path'
import { create } from 'tar'

export interface Archived {
  /** The folder whose files the archive contains. */
  readonly folder: string
  /** The path of the archive, `.tgz`. */
  readonly file: string
  /** The name of the one folder in the archive. */
  readonly name: string
  /** The modification time of all files. */
  readonly date: Date
}

/** Writes the same bytes for the same files, whoever owns them and whenever they were written. */
export async function archive({ folder, file, name, date }: Archived): Promise<void> {
  const entries = globSync(['**', '**/.*'], { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort()
  await create({ cwd: folder, file, prefix: name, gzip: true, portable: true, mtime: date, noDirRecurse: true }, files)
}
