import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../support/temporary.ts'
import { sandboxTested } from './sandbox-tested.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  directory = await temporaryDirectory()
  for (const folder of ['sandbox/aws', 'test/sandbox', 'test/support', 'portal', 'lambdas']) {
    await mkdir(path.join(directory.path, folder), { recursive: true })
  }
  for (const file of ['sandbox/aws/server.ts', 'portal/headers.ts', 'package-lock.json', 'vitest.config.ts']) {
    await write(file, 'before')
  }
})
afterEach(() => directory.remove())

const write = (file: string, text: string) => writeFile(path.join(directory.path, file), text)
const hasPassed = () => sandboxTested(directory.path).hasPassed

test('the sandbox of a fresh clone counts as untested', () => {
  expect(hasPassed()).toBe(false)
})

test.each([
  ['sandbox/aws/server.ts', true],
  ['sandbox/aws/added.ts', true],
  ['test/sandbox/added.test.ts', true],
  ['test/support/added.ts', true],
  ['portal/headers.ts', true],
  ['package-lock.json', true],
  ['lambdas/added.ts', false],
])('a change of %s requires a new test of the sandbox: %s', async (file, isAgain) => {
  sandboxTested(directory.path).note()
  expect(hasPassed()).toBe(true)
  await write(file, 'after')
  expect(hasPassed()).toBe(!isAgain)
})

test('a change during the tests counts as untested', async () => {
  const before = sandboxTested(directory.path)
  await write('sandbox/aws/server.ts', 'meanwhile')
  before.note()
  expect(hasPassed()).toBe(false)
})
