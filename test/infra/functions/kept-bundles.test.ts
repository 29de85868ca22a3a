import { existsSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { digestOf, keptIn } from '../../../infra/functions/kept-bundles.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let folder: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  folder = await temporaryDirectory()
})
afterEach(() => folder.remove())

const make = vi.fn((directory: string) => {
  mkdirSync(directory)
  writeFileSync(path.join(directory, 'index.mjs'), '')
})

test('bundles are built once for the same sources, and again for other sources', () => {
  make.mockClear()
  const first = keptIn(folder.path, 'one', make)
  expect(keptIn(folder.path, 'one', make)).toBe(first)
  expect(make).toHaveBeenCalledTimes(1)
  expect(keptIn(folder.path, 'two', make)).not.toBe(first)
  expect(readdirSync(folder.path).sort()).toEqual(['one', 'two'])
})

test('if another process finishes first, its bundles are used and the own ones are deleted', () => {
  const kept = keptIn(folder.path, 'one', (directory) => {
    make(path.join(folder.path, 'one'))
    make(directory)
  })
  expect(kept).toBe(path.join(folder.path, 'one'))
  expect(readdirSync(folder.path)).toEqual(['one'])
})

test('bundles whose build fails are not cached', () => {
  const failing = () => {
    throw new Error('no room')
  }
  expect(() => keptIn(folder.path, 'one', failing)).toThrow('no room')
  expect(existsSync(path.join(folder.path, 'one'))).toBe(false)
})

test('bundles that are older than an hour are removed when others are built', () => {
  const old = keptIn(folder.path, 'old', make)
  const hourAgo = new Date(Date.now() - 61 * 60 * 1000)
  utimesSync(old, hourAgo, hourAgo)
  keptIn(folder.path, 'new', make)
  expect(readdirSync(folder.path)).toEqual(['new'])
})

test.each([
  ['the content of a file', () => writeFileSync(path.join(folder.path, 'sources/deep/one.ts'), 'changed')],
  [
    'the name of a file',
    () => renameSync(path.join(folder.path, 'sources/deep/one.ts'), path.join(folder.path, 'sources/two.ts')),
  ],
  ['a new file', () => writeFileSync(path.join(folder.path, 'sources/three.ts'), '')],
  ['the lock file', () => writeFileSync(path.join(folder.path, 'lock.json'), '{}')],
])('the digest of the inputs changes with %s, and not with a file outside the inputs', (_, change) => {
  const inputs = ['sources', 'lock.json']
  mkdirSync(path.join(folder.path, 'sources/deep'), { recursive: true })
  writeFileSync(path.join(folder.path, 'sources/deep/one.ts'), 'one')
  writeFileSync(path.join(folder.path, 'lock.json'), '')
  const before = digestOf(folder.path, inputs)
  writeFileSync(path.join(folder.path, 'other.json'), '')
  expect(digestOf(folder.path, inputs)).toBe(before)
  change()
  expect(digestOf(folder.path, inputs)).not.toBe(before)
})
