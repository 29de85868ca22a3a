import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  const refused = readdirSync(root).filter((file) => readFileSync(path.join(root, file), 'utf8').includes('x'))
  return refused.map((file) => `${file}(1,5): error TS2304: Cannot find name 'x'.`).join('\n')
}

it('a mutant counts as refused when its own file does not compile with it', async () => {
  const [fine, unknown, other] = [mutant('a.ts', '2'), mutant('a.ts', 'x'), mutant('b.ts', 'x')]
  expect(await refusedByCompiler(root, [fine, unknown, other], compile)).toEqual(new Set([unknown, other]))
})

it('one run of the compiler decides about all mutants', async () => {
  const runs: string[] = []
  await refusedByCompiler(root, [mutant('a.ts', '2'), mutant('a.ts', 'x')], async () => {
    runs.push(await compile())
    return ''
  })
  expect(runs).toHaveLength(1)
})

it('no mutant counts as refused when a copy of its file does not compile either', async () => {
  const refused = await refusedByCompiler(root, [mutant('a.ts', 'x'), mutant('b.ts', 'x')], async () => {
    return `${await compile()}\na.mutant-original.ts(1,1): error TS2345: Types have separate declarations.`
  })
  expect([...refused].map(({ mistake }) => mistake.file)).toEqual(['b.ts'])
})

it('leaves the files as they were', async () => {
  await refusedByCompiler(root, [mutant('a.ts', 'x')], compile)
  expect(readdirSync(root).toSorted()).toEqual(['a.ts', 'b.ts'])
  expect(readFileSync(path.join(root, 'a.ts'), 'utf8')).toBe('1 + 1')
})
