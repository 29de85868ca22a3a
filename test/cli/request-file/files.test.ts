import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filesAt } from '../../../cli/request-file/files.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(() => directory.remove())

async function folderOf(...names: readonly string[]): Promise<string> {
  for (const name of names) {
    const file = path.join(directory.path, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, '')
  }
  return directory.path
}

test('lists the YAML and JSON files of a folder by name, without subfolders', async () => {
  const folder = await folderOf('b.yml', 'a.yaml', 'c.json', 'notes.md', 'old/d.yaml', 'e.yaml/f.yaml')
  expect(await filesAt(folder)).toEqual(['a.yaml', 'b.yml', 'c.json'].map((name) => path.join(folder, name)))
})

test('ignores the schema that "wid init" writes beside a request', async () => {
  const folder = await folderOf('setup.yaml', 'setup.schema.json')
  expect(await filesAt(folder)).toEqual([path.join(folder, 'setup.yaml')])
})

test('accepts a file with any extension, and standard input', async () => {
  const file = path.join(await folderOf('request.txt'), 'request.txt')
  expect(await filesAt(file)).toEqual([file])
  expect(await filesAt('-')).toEqual(['-'])
})

test('refuses a folder without requests and a missing path', async () => {
  const folder = await folderOf('notes.md')
  await expect(filesAt(folder)).rejects.toThrow(`${folder}: the folder has no file that ends in`)
  await expect(filesAt(`${folder}/absent`)).rejects.toThrow(`${folder}/absent: there is no such file or folder.`)
})
