import { expect, it } from 'vitest'
import { documentOf, merged, tablesOf } from '../../bench/long-tests.ts'

const before = {
  tests: [
    ['test/long/a.test.ts', '3', '0', '1.0', '2026-01-01', '0.5'],
    ['test/long/b.test.ts', '2', '0', '2.0', '2026-01-01', '0.5'],
    ['test/long/gone.test.ts', '1', '0', '3.0', '2026-01-01', '0.5'],
  ],
  figures: [
    ['test/long/a.test.ts', 'one > two', '10 pods, 0 refused'],
    ['test/long/b.test.ts', 'three', '1 s'],
  ],
}

it('is read as it was written', () => {
  expect(tablesOf(documentOf(before))).toEqual(before)
})

it('has the rows of now in place of those of the same files, and none of files that are gone', () => {
  const now = { tests: [['test/long/a.test.ts', '4', '1', '1.5', '2026-02-02', '0.1']], figures: [] }
  expect(merged(before, now, (file) => !file.includes('gone'))).toEqual({
    tests: [now.tests[0], before.tests[1]],
    figures: [before.figures[1]],
  })
})
