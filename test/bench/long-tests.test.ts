import { expect, it } from 'vitest'
import { documentOf, merged, tablesOf } from '../../bench/reporters/long-tests.ts'

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

it('parses its own document', () => {
  expect(tablesOf(documentOf(before))).toEqual(before)
})

it('replaces the rows of the files that ran, and removes the rows of deleted files', () => {
  const now = { tests: [['test/long/a.test.ts', '4', '1', '1.5', '2026-02-02', '0.1']], figures: [] }
  expect(merged(before, now, (file) => !file.includes('gone'))).toEqual({
    tests: [now.tests[0], before.tests[1]],
    figures: [before.figures[1]],
  })
})
