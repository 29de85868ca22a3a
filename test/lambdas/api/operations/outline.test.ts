import { expect, test } from 'vitest'
import { outline } from '../../../../lambdas/api/operations/outline.ts'

test('an outline has names, lists, nested values and empty values', () => {
  const value = {
    name: 'a',
    refused: [{ subject: 's', at: { second: 1 } }, { subject: 't' }],
    arns: ['x', 'y'],
    rest: [],
    no: {},
    nothing: null,
  }
  expect(outline(value).join('\n')).toBe(`name: a
refused:
  - subject: s
    at:
      second: 1
  - subject: t
arns:
  - x
  - y
rest: none
no: none
nothing: null`)
})
