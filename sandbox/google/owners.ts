import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Which project each bucket belongs to: the one thing about buckets that the emulator has no place for. */
export interface Owners {
  of(bucket: string): string | undefined
  /** Undefined forgets the bucket. */
  set(bucket: string, projectId: string | undefined): Promise<void>
}

/** The owners as they are kept in the file. */
export async function loadOwners(file: string): Promise<Owners> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const stored: Record<string, string> = JSON.parse(text)
  const owners = new Map(Object.entries(stored))
  await mkdir(dirname(file), { recursive: true })

  return {
    of: (bucket) => owners.get(bucket),
    async set(bucket, projectId) {
      if (projectId === undefined) owners.delete(bucket)
      else owners.set(bucket, projectId)
      await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(owners), null, 2))
      await rename(`${file}.new`, file)
    },
  }
}
