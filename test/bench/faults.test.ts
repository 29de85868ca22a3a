import { describe, expect, it } from 'vitest'
import { documentOf, isUntried, merged, type Row, resultsIn } from '../../bench/faults.ts'

const untried = Array.from({ length: 18 }, () => '·')
const row = (workflow: string, call: string, signs: string, day: string): Row => ({
  workflow,
  call,
  signs: [...signs, ...untried].slice(0, 18),
  day,
})
const cell = { workflow: 'setup', call: 'aws CreateRole iam:CreateRole *', fault: 'reset before', often: 'once' }
const always = { ...cell, often: 'always' }
const before = {
  rows: [row('rotation', 'google', '✓↻', '2026-01-01'), row('setup', cell.call, '·✗', '2026-01-02')],
  wrong: [{ ...always, outcome: 'wrong: step Verify' }],
}
const now = new Date('2026-02-02T12:00:00Z')

describe('the table of faults', () => {
  it('is read as it was written', () => {
    expect(resultsIn(documentOf(before))).toEqual(before)
    expect(resultsIn(documentOf({ ...before, wrong: [] }))).toEqual({ ...before, wrong: [] })
  })

  it('has a new sign for what was tried, and keeps the others', () => {
    const tried = [{ ...cell, outcome: 'verified at once' }]
    expect(merged(before, { cells: [cell, always], tried }, now)).toEqual({
      rows: [before.rows[0], row('setup', cell.call, '✓✗', '2026-02-02')],
      wrong: before.wrong,
    })
  })

  it('has nothing wrong any more of what ends well now', () => {
    const tried = [{ ...always, outcome: 'failed, verified by the next request' }]
    expect(merged(before, { cells: [cell, always], tried }, now)).toEqual({
      rows: [before.rows[0], row('setup', cell.call, '·↻', '2026-02-02')],
      wrong: [],
    })
  })

  it('says what is wrong', () => {
    const tried = [{ ...cell, outcome: 'wrong: stuck' }]
    expect(merged({ rows: [], wrong: [] }, { cells: [cell], tried }, now)).toEqual({
      rows: [row('setup', cell.call, '✗', '2026-02-02')],
      wrong: tried,
    })
  })

  it('has no calls that a workflow does not make any more', () => {
    const other = { ...cell, call: 'google' }
    expect(merged(before, { cells: [other], tried: [] }, now)).toEqual({
      rows: [before.rows[0], row('setup', 'google', '', '')],
      wrong: [],
    })
  })

  it('has what is wrong as code, so that no address in it is a link of the page', () => {
    const wrong = [{ ...cell, outcome: 'wrong: https://a.example), and `b`' }]
    expect(documentOf({ ...before, wrong })).toContain("| `wrong: https://a.example), and 'b'` |")
  })

  it('tells which faults were not tried', () => {
    expect(isUntried(before, cell)).toBe(true)
    expect(isUntried(before, always)).toBe(false)
    expect(isUntried(before, { ...cell, call: 'new' })).toBe(true)
  })

  it('counts what was tried, by workflow', () => {
    expect(documentOf(before)).toContain('| setup | 1 | 16 | 1 | 0 | 0 | 0 | 1 |')
    expect(documentOf(before)).toContain('| all | 2 | 32 | 3 | 1 | 1 | 0 | 1 |')
  })

  it('counts the calls to the record with the faults that they are tried with', () => {
    const rows = [row('setup (record)', 'ApiStart states:StartExecution', `${'·'.repeat(16)}✓↻`, '2026-01-01')]
    expect(documentOf({ rows, wrong: [] })).toContain('| setup (record) | 1 | 10 | 2 | 1 | 1 | 0 | 0 |')
  })

  it('is read where it was written before a fault was added, which is then untried', () => {
    const old = documentOf(before).replace(/ \| ·· \| (?=2026)/g, ' | ')
    expect(old).not.toBe(documentOf(before))
    expect(resultsIn(old)).toEqual(before)
  })
})
