import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isBuilt, markBuilt, type Target } from '../peers/install/target.ts'
import { kubernetesTargets, kubernetesVersions, otherTargets } from '../peers/install/targets.ts'
import { temporaryDirectory } from '../support/temporary.ts'

let directory: { path: string; remove: () => Promise<void> }
let target: Target

beforeEach(async () => {
  directory = await temporaryDirectory()
  const source = path.join(directory.path, 'recipe')
  const folder = path.join(directory.path, 'built')
  await mkdir(source)
  await mkdir(folder)
  await writeFile(path.join(source, 'go.mod'), 'module peers\n')
  await writeFile(path.join(folder, 'etcd'), '#!/bin/sh\n', { mode: 0o755 })
  const recipe = { files: [source], settings: ['-s -w'] }
  target = { name: 'etcd', folder, recipe, programs: ['etcd'], needsGo: true, build: () => Promise.resolve() }
})

afterEach(() => directory.remove())

test('what is not marked as built does not count, even when its programs are there', () => {
  expect(isBuilt(target)).toBe(false)
})

test('what was built from this recipe counts', () => {
  markBuilt(target.folder, target.recipe)
  expect(isBuilt(target)).toBe(true)
})

test.each<[string, () => Promise<void>]>([
  ['a file of the recipe changes', () => writeFile(inRecipe('go.mod'), 'module peers // 2\n')],
  ['a file comes to the recipe', () => writeFile(inRecipe('go.sum'), '')],
  ['a file of the recipe has another name', () => rename(inRecipe('go.mod'), inRecipe('go.work'))],
  ['a program is gone', () => rm(path.join(target.folder, 'etcd'))],
  ['a program cannot be executed', () => chmod(path.join(target.folder, 'etcd'), 0o644)],
  ['the folder is gone', () => rm(target.folder, { recursive: true })],
])('it does not count any more when %s', async (_, change) => {
  markBuilt(target.folder, target.recipe)
  await change()
  expect(isBuilt(target)).toBe(false)
})

test('it does not count any more when it would be built by another command', () => {
  markBuilt(target.folder, target.recipe)
  expect(isBuilt({ ...target, recipe: { ...target.recipe, settings: ['-s'] } })).toBe(false)
})

test('every target is built into a folder of its own, from recipes that are there', () => {
  const targets = [...kubernetesTargets(kubernetesVersions), ...otherTargets]
  expect(new Set(targets.map(({ folder }) => folder)).size).toBe(targets.length)
  for (const each of targets) expect(isBuilt(each)).toBeTypeOf('boolean')
})

function inRecipe(name: string): string {
  return path.join(directory.path, 'recipe', name)
}
