import { expect, test } from 'vitest'
import { codeOfAll, summaryLines } from '../../../cli/view/apply-summary.ts'
import { said } from '../support/lines.ts'

test('a summary has a line for each request, with what came of it', () => {
  const codes = [0, 1, 3, 4, 5] as const
  expect(said(summaryLines(codes.map((code) => ({ file: `${code}.yaml`, cluster: `c${code}`, code }))))).toEqual([
    '',
    '1 of 5 requests are done',
    '  done     c0  0.yaml',
    '  failed   c1  1.yaml',
    '  refused  c3  3.yaml',
    '  differs  c4  4.yaml',
    '  goes on  c5  5.yaml',
  ])
})

test.for([
  [[0, 0], 0],
  [[0, 3, 3], 3],
  [[3, 1, 0], 1],
  [[3, 5], 1],
] as const)('requests that end with %j end a command with %i', ([codes, code]) => {
  expect(codeOfAll(codes)).toBe(code)
})
