import { describe, expect, it } from 'vitest'
import { documentOf, isUntried, merged, type Row, resultsIn } from '../../bench/reporters/faults.ts'

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
  it('parses its own document', () => {
    expect(resultsIn(documentOf(before))).toEqual(before)
    expect(resultsIn(documentOf({ ...before, wrong: [] }))).toEqual({ ...before, wrong: [] })
  })

  it('replaces the signs of the faults that were tried, and no others', () => {
    const tried = [{ ...cell, outcome: 'verified at once' }]
    expect(merged(before, { cells: [cell, always], tried }, now)).toEqual({
      rows: [before.rows[0], row('setup', cell.call, '✓✗', '2026-02-02')],
      wrong: before.wrong,
    })
  })

  it('removes a wrong outcome when the fault ends well now', () => {
    const tried = [{ ...always, outcome: 'failed, verified by the next request' }]
    expect(merged(before, { cells: [cell, always], tried }, now)).toEqual({
      rows: [before.rows[0], row('setup', cell.call, '·↻', '2026-02-02')],
      wrong: [],
    })
  })

  it('lists wrong outcomes', () => {
    const tried = [{ ...cell, outcome: 'wrong: stuck' }]
    expect(merged({ rows: [], wrong: [] }, { cells: [cell], tried }, now)).toEqual({
      rows: [row('setup', cell.call, '✗', '2026-02-02')],
      wrong: tried,
    })
  })

  it('removes calls that a workflow no longer makes', () => {
    const other = { ...cell, call: 'google' }
    expect(merged(before, { cells: [other], tried: [] }, now)).toEqual({
      rows: [before.rows[0], row('setup', 'google', '', '')],
      wrong: [],
    })
  })

  it('shows a wrong outcome as code, so that its URLs do not become links', () => {
    const wrong = [{ ...cell, outcome: 'wrong: https://a.example), and `b`' }]
    expect(documentOf({ ...before, wrong })).toContain("| `wrong: https://a.example), and 'b'` |")
  })

  it('knows which faults were not tried', () => {
    expect(isUntried(before, cell)).toBe(true)
    expect(isUntried(before, always)).toBe(false)
    expect(isUntried(before, { ...cell, call: 'new' })).toBe(true)
  })

  it('counts the outcomes by workflow', () => {
    expect(documentOf(before)).toContain('| setup | 1 | 16 | 1 | 0 | 0 | 0 | 1 |')
    expect(documentOf(before)).toContain('| all | 2 | 32 | 3 | 1 | 1 | 0 | 1 |')
  })

  it('counts for calls to the record only the faults that they are tried with', () => {
    const rows = [row('setup (record)', 'ApiStart states:StartExecution', `${'·'.repeat(16)}✓↻`, '2026-01-01')]
    expect(documentOf({ rows, wrong: [] })).toContain('| setup (record) | 1 | 10 | 2 | 1 | 1 | 0 | 0 |')
  })

  it('parses a document from before a fault was added, and shows that fault as untried', () => {
    const old = documentOf(before).replace(/ \| ·· \| (?=2026)/g, ' | ')
    expect(old).not.toBe(documentOf(before))
    expect(resultsIn(old)).toEqual(before)
  })
})
