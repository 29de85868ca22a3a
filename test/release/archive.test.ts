import { readFileSync } from 'node:fs'
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { list } from 'tar'
import { expect, test } from 'vitest'
import { archive } from '../../tools/release/archive.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const date = new Date('2026-12-01T00:00:00Z')

async function written(folder: string, files: readonly string[], mode: number, at: Date): Promise<void> {
  for (const name of files) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, name)
    await chmod(file, mode)
    await utimes(file, at, at)
  }
}

test('the same files give the same archive, whenever, in which order and with which modes they were written', async () => {
  const directory = await temporaryDirectory()
  try {
    const files = ['a/b.ts', 'a.ts', '.npmrc', 'z/y/x.json']
    const made = await Promise.all(
      [
        { files, mode: 0o644, at: new Date('2026-01-01') },
        { files: files.toReversed(), mode: 0o664, at: new Date('2027-03-04') },
      ].map(async (one, index) => {
        const folder = path.join(directory.path, `${index}`)
        await written(folder, one.files, one.mode, one.at)
        const file = path.join(directory.path, `${index}.tgz`)
        await archive({ folder, file, name: 'kit-1.0.0', date })
        return file
      }),
    )
    const [first = '', second = ''] = made
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true)
    const entries: string[] = []
    await list({ file: first, onReadEntry: ({ path: name, mtime }) => entries.push(`${name} ${mtime?.toISOString()}`) })
    expect(entries).toEqual(
      ['.npmrc', 'a.ts', 'a/b.ts', 'z/y/x.json'].map((name) => `kit-1.0.0/${name} ${date.toISOString()}`),
    )
  } finally {
    await directory.remove()
  }
})
