import { expect, it } from 'vitest'
import type { Mistake } from './mistake.ts'
import { runParts } from './run-parts.ts'
import type { Tried } from './tried.ts'

const mistake: Mistake = { name: 'forgets', file: 'lambdas/a.ts', find: 'a', put: 'b', tests: [] }
const caught: Tried = { mistake, outcome: 'caught' }

function part(name: string, run: () => Promise<Tried[]>) {
  return { list: 'rules', name, isComplete: true, run }
}

it('a part that fails does not end the parts after it, and its name is returned', async () => {
  const results: unknown[] = []
  const parts = [
    part('a', () => Promise.reject(new Error('Stryker has written no report'))),
    part('b', () => Promise.resolve([caught])),
  ]
  const failed = await runParts(parts, ({ name }, tried) => results.push([name, tried]))
  expect(results).toEqual([['b', [caught]]])
  expect(failed).toEqual(['a'])
})

it('an error while a result is stored ends the run', async () => {
  const storing = runParts([part('a', () => Promise.resolve([caught]))], () => {
    throw new Error('disk full')
  })
  await expect(storing).rejects.toThrow('disk full')
})
