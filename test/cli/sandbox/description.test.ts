import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sandboxAbove } from '../../../cli/sandbox/description.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory.remove())

const found = {
  api: 'http://127.0.0.1:9',
  aws: { endpoint: 'http://127.0.0.1:8', region: 'eu-west-1', accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  kubeconfigs: { 'edge-1': '/edge-1.yaml' },
}

test('finds a sandbox from its folder and subfolders, and ignores an invalid file, and one of another version', async () => {
  const below = path.join(directory.path, 'examples', 'more')
  const file = path.join(directory.path, '.sandbox', 'sandbox.json')
  await mkdir(below, { recursive: true })
  expect(sandboxAbove(below)).toBeUndefined()
  await mkdir(path.dirname(file))
  await writeFile(file, JSON.stringify({ ...found, stack: {} }))
  for (const from of [directory.path, below]) expect(sandboxAbove(from)).toEqual(found)
  for (const other of [JSON.stringify({ api: found.api }), '{"api":']) {
    await writeFile(file, other)
    expect(sandboxAbove(below)).toBeUndefined()
  }
})
