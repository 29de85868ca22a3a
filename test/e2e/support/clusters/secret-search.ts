import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

export interface Secret {
  /** A test that finds the value prints this name instead. */
  readonly name: string
  readonly value: string
}

/** A text, and its forms within base64, which depend on the number of bytes before it. */
export function formsOf(text: string): string[] {
  const within = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    // The first and the last characters also depend on the neighbouring bytes.
    return bytes.toString('base64').slice(before === 0 ? 0 : 4, -4)
  })
  return [text, ...within]
}

export interface StoredFile {
  /** Relative to the directory. */
  readonly name: string
  readonly text: string
}

/** Every file below the directory. */
export async function filesBelow(directory: string): Promise<StoredFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  return Promise.all(
    files.map(async (file) => ({ name: path.relative(directory, file), text: await readFile(file, 'latin1') })),
  )
}
