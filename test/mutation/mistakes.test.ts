import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { mistakeLists } from './judgements.ts'
import { withMistake } from './mistake.ts'

const root = path.resolve(import.meta.dirname, '../..')
const all = Object.values(mistakeLists).flat()

it.for(all)('the code still contains the text of: $file $name', (mistake) => {
  const text = readFileSync(path.join(root, mistake.file), 'utf8')
  expect(withMistake(text, mistake)).not.toBe(text)
})

it('the tests that must notice a mistake exist', () => {
  const tests = new Set(all.flatMap((mistake) => mistake.tests))
  expect([...tests].filter((test) => !existsSync(path.join(root, 'test', test)))).toEqual([])
})
