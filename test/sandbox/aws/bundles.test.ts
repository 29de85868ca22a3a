import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keptIn } from '../../../sandbox/aws/bundles.ts'
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

test('bundles are made once for the same sources, and again for others', () => {
  make.mockClear()
  const first = keptIn(folder.path, 'one', make)
  expect(keptIn(folder.path, 'one', make)).toBe(first)
  expect(make).toHaveBeenCalledTimes(1)
  expect(keptIn(folder.path, 'two', make)).not.toBe(first)
  expect(readdirSync(folder.path).sort()).toEqual(['one', 'two'])
})

test('when another process was quicker its bundles are used, and nothing is left of the own ones', () => {
  const kept = keptIn(folder.path, 'one', (directory) => {
    make(path.join(folder.path, 'one'))
    make(directory)
  })
  expect(kept).toBe(path.join(folder.path, 'one'))
  expect(readdirSync(folder.path)).toEqual(['one'])
})

test('bundles that could not be made are not kept', () => {
  const failing = () => {
    throw new Error('no room')
  }
  expect(() => keptIn(folder.path, 'one', failing)).toThrow('no room')
  expect(existsSync(path.join(folder.path, 'one'))).toBe(false)
})

test('bundles of an hour ago are removed when others are made', () => {
  const old = keptIn(folder.path, 'old', make)
  const hourAgo = new Date(Date.now() - 61 * 60 * 1000)
  utimesSync(old, hourAgo, hourAgo)
  keptIn(folder.path, 'new', make)
  expect(readdirSync(folder.path)).toEqual(['new'])
})
