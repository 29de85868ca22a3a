import { expect, it } from 'vitest'
import { mutantsIn } from './mutants.ts'

const source = 'const a = 1\n\nif (a &&\n    b) {\n  c()\n}\n'
const condition = { start: { line: 3, column: 5 }, end: { line: 4, column: 6 } }

function tried(...statuses: string[]) {
  const mutants = statuses.map((status) => ({ replacement: 'a || b', location: condition, status }))
  return mutantsIn(JSON.stringify({ files: { 'lambdas/a.ts': { source, mutants } } }))
}

it('a missed mutant contains its lines before and after the change', () => {
  const mistake = { file: 'lambdas/a.ts', find: 'if (a && b) {', put: 'if (a || b) {' }
  expect(tried('Survived')).toMatchObject([{ outcome: 'missed', mistake }])
})

it('a mutant contains its offsets in the file', () => {
  const [mutant] = tried('Survived')
  expect(source.slice(mutant?.from, mutant?.to)).toBe('a &&\n    b')
})

it.for([
  ['Killed', ['caught']],
  ['Timeout', ['caught']],
  ['NoCoverage', ['missed']],
  ['Ignored', []],
] as const)('a mutant that Stryker calls %s counts as %j', ([status, outcomes]) => {
  const [, ...others] = tried('Killed', status)
  expect(others.map(({ outcome }) => outcome)).toEqual(outcomes)
})

it('a mutant whose tests do not end in time is late', () => {
  expect(tried('Killed', 'Timeout').map(({ isLate }) => isLate)).toEqual([false, true])
})

it('a file that no test of the rules calls does not count', () => {
  expect(tried('NoCoverage', 'Ignored')).toEqual([])
})
