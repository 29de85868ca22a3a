import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { withMistake } from './mistake.ts'
import { clients } from './mistakes/clients.ts'
import { infra } from './mistakes/infra.ts'
import { steps } from './mistakes/steps.ts'
import { workflows } from './mistakes/workflows.ts'

const root = path.resolve(import.meta.dirname, '../..')
const all = [...steps, ...clients, ...workflows, ...infra]

it.for(all)('the code has still a place for: $file $name', (mistake) => {
  const text = readFileSync(path.join(root, mistake.file), 'utf8')
  expect(withMistake(text, mistake)).not.toBe(text)
})

it('the tests that have to notice a mistake are there', () => {
  const tests = new Set(all.flatMap((mistake) => mistake.tests))
  expect([...tests].filter((test) => !existsSync(path.join(root, 'test', test)))).toEqual([])
})
