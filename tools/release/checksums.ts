import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The SHA-256 sums of the files of a folder, as `sha256sum --check` reads them. */
export function checksums(folder: string): string {
  const files = readdirSync(folder).sort()
  const digest = (file: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, file)))
      .digest('hex')
  return files.map((file) => `${digest(file)}  ${file}\n`).join('')
}
