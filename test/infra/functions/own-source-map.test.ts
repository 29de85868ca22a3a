import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildSync } from 'esbuild'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownSourceMap } from '../../../infra/functions/own-source-map.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(() => directory.remove())

const own = `import './before.ts'
import { call } from 'package'
export function first(): unknown {
  return call(second)
}
function second(): never {
  throw new Error('on line 7')
}
try {
  first()
} catch (error) {
  console.log((error as Error).stack)
}
`
const ofPackage = 'export function call(use) {\n  return use()\n}\n'

test('a stack trace shows source lines for files of the project, and lines of the bundle for packages', () => {
  const folder = path.join(directory.path, 'node_modules/package')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'index.js'), ofPackage)
  writeFileSync(path.join(directory.path, 'before.ts'), "console.log('before the package')")
  writeFileSync(path.join(directory.path, 'own.ts'), own)
  const outfile = path.join(directory.path, 'bundle/index.mjs')
  buildSync({
    absWorkingDir: directory.path,
    entryPoints: ['own.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    // As in the bundles of the functions: all code is on one line.
    minify: true,
    keepNames: true,
    sourcemap: true,
  })
  const map = JSON.parse(readFileSync(`${outfile}.map`, 'utf8'))
  writeFileSync(`${outfile}.map`, JSON.stringify(ownSourceMap(map)))
  const stack = execFileSync(process.execPath, ['--enable-source-maps', outfile], { encoding: 'utf8' })
  const frames = [...stack.matchAll(/^ +at (\S+) \(.*?([^/]+):(\d+):\d+\)$/gm)]
  expect(frames.map(([, name, file, line]) => ({ name, file, line })).slice(0, 4)).toEqual([
    { name: 'second', file: 'own.ts', line: '7' },
    { name: 'call', file: 'index.mjs', line: expect.any(String) },
    { name: 'first', file: 'own.ts', line: '4' },
    { name: '<anonymous>', file: 'own.ts', line: '10' },
  ])
})
