import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { TriedMutant } from './mutants.ts'
import { refusedByCompiler } from './refused-by-compiler.ts'

const root = mkdtempSync(path.join(os.tmpdir(), 'refused-'))
for (const file of ['a.ts', 'b.ts']) writeFileSync(path.join(root, file), '1 + 1')

function mutant(file: string, replacement: string): TriedMutant {
  const mistake = { name: '', file, find: '', put: '', tests: [] }
  return { outcome: 'missed', mistake, isLate: false, from: 4, to: 5, replacement }
}

/** Reports an error for a file with an x, in the format of the compiler. */
async function compile(): Promise<string> {
  const refused = ['a.ts', 'b.ts'].filter((file) => readFileSync(path.join(root, file), 'utf8') === '1 + x')
  return refused.map((file) => `${file}(1,5): error TS2304: Cannot find name 'x'.`).join('\n')
}

it('a mutant counts as refused when its own file does not compile with it', async () => {
  const [fine, unknown, other] = [mutant('a.ts', '2'), mutant('a.ts', 'x'), mutant('b.ts', 'x')]
  expect(await refusedByCompiler(root, [fine, unknown, other], compile)).toEqual(new Set([unknown, other]))
})

it('restores the files', async () => {
  await refusedByCompiler(root, [mutant('a.ts', 'x')], compile)
  expect(readFileSync(path.join(root, 'a.ts'), 'utf8')).toBe('1 + 1')
})
