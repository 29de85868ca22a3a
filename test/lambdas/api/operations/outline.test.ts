import { expect, test } from 'vitest'
import { outline } from '../../../../lambdas/api/operations/outline.ts'

test('a value is outlined: names, lists, what is in them, and what is empty', () => {
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
