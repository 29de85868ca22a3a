import { expect, it } from 'vitest'
import type { Mistake } from './mistake.ts'
import { harmlessMutants } from './mistakes/harmless-mutants.ts'
import { page } from './page.ts'
import { type Part, partOf, withPart } from './parts.ts'

const mistake: Mistake = { name: 'forgets', file: 'lambdas/a.ts', find: 'a', put: 'b', tests: [] }
const tried = (name: string, caught: number, missed: readonly Mistake[] = []): Part =>
  partOf(
    'rules',
    name,
    [
      ...missed.map((one) => ({ mistake: one, outcome: 'missed' as const })),
      ...Array.from({ length: caught }, () => ({ mistake, outcome: 'caught' as const })),
    ],
    new Date('2026-11-27T23:00:00Z'),
  )

it('a repeated part replaces its earlier result, and parts that no longer exist are removed', () => {
  const stored = [tried('a', 1), tried('gone', 1), tried('b', 1)]
  const parts = withPart(stored, tried('a', 5), ['a', 'b'])
  expect(parts.map(({ name, caught }) => [name, caught])).toEqual([
    ['a', 5],
    ['b', 1],
  ])
})

it('the page shows the scores of lists and parts, and the missed mistakes', () => {
  const text = page([tried('a', 2), tried('b', 1, [mistake])])
  expect(text).toContain('| rules | 3 | 4 | 75.0 |')
  expect(text).toContain('| b | 2026-11-27 | 1 | 2 | 50.0 |')
  expect(text).toContain('## Not noticed\n\n- lambdas/a.ts: forgets\n')
})

it('a harmless mistake is listed with its reason, and does not count', () => {
  const [judged] = harmlessMutants
  if (!judged) throw new Error('the list of harmless mutants is empty')
  const text = page([tried('a', 1, [{ ...judged, name: 'differs', tests: [] }])])
  expect(text).toContain('| rules | 1 | 1 | 100.0 |')
  expect(text).toContain(`- ${judged.file}: differs. Harmless: ${judged.harmless}`)
})
