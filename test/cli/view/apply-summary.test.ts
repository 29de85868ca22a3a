import { expect, test } from 'vitest'
import { codeOfAll, summaryLines } from '../../../cli/view/apply-summary.ts'
import { said } from '../support/lines.ts'

test('the summary is a table of the requests with outcome and duration', () => {
  const codes = [0, 1, 3, 4, 5] as const
  const applied = codes.map((code) => ({
    file: `${code}.yaml`,
    cluster: `c${code}`,
    code,
    isStarted: true,
    seconds: code,
  }))
  const unsent = { file: '-', cluster: 'last', code: 130, isStarted: false, seconds: 0 } as const
  expect(said(summaryLines([...applied, unsent]))).toEqual([
    '',
    '1 of 6 requests are done',
    '  CLUSTER  OUTCOME      TOOK   FILE',
    '  c0       done         0.0 s  0.yaml',
    '  c1       failed       1.0 s  1.yaml',
    '  c3       refused      3.0 s  3.yaml',
    '  c4       differs      4.0 s  4.yaml',
    '  c5       continues    5.0 s  5.yaml',
    '  last     not started         -',
  ])
})

test.for([
  [[0, 0], 0],
  [[0, 3, 3], 3],
  [[3, 1, 0], 1],
  [[3, 5], 1],
] as const)('after requests with the exit codes %j, the command exits with %i', ([codes, code]) => {
  expect(codeOfAll(codes)).toBe(code)
})
