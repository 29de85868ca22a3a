import { expect, test } from 'vitest'
import { table } from '../../../cli/view/table.ts'

test('each column is as wide as its widest value', () => {
  expect(
    table(
      ['NAME', 'STATUS'],
      [
        ['prod-eu', 'ok'],
        ['a', 'failed'],
      ],
    ),
  ).toEqual(['NAME     STATUS', 'prod-eu  ok', 'a        failed'])
})

test('a table without rows has no headings', () => {
  expect(table(['NAME'], [])).toEqual([])
})
