import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { columnsOf, wrapped } from '../../../cli/view/line.ts'
import { styled } from '../../../cli/view/terminal-text.ts'

test('does not wrap a line that fits', () => {
  expect(wrapped({ text: '  one two', hang: 4 }, 9)).toBe('  one two')
})

test('continues a line that does not fit below its text', () => {
  expect(wrapped({ text: '  one two three', hang: 4 }, 9)).toBe('  one two\n    three')
})

test('does not split a word that is wider than the terminal, so that it can be copied', () => {
  expect(wrapped({ text: '  role arn:aws:iam::1:role/x none', hang: 4 }, 12)).toBe(
    '  role\n    arn:aws:iam::1:role/x\n    none',
  )
})

test('does not wrap a word that would begin in the same column', () => {
  expect(wrapped({ text: '  role    arn:aws:iam::1:role/x', hang: 10 }, 14)).toBe('  role    arn:aws:iam::1:role/x')
})

test('colours have no width', () => {
  vi.stubEnv('FORCE_COLOR', '1')
  onTestFinished(() => void vi.unstubAllEnvs())
  const text = `  ${styled('green', 'one')} two`
  expect(wrapped({ text, hang: 4 }, 9)).toBe('  \u001b[32mone\u001b[39m two')
})

test('prints every word once, in order, and no line is too wide except for a single long word', () => {
  const words = fc.array(fc.stringMatching(/^[a-z:/]{1,30}$/), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 60 }), (given, columns) => {
      const lines = wrapped({ text: `  ${given.join(' ')}`, hang: 4 }, columns).split('\n')
      expect(lines.join(' ').split(' ').filter(Boolean)).toEqual(given)
      for (const line of lines) expect(line.length <= columns || !line.slice(4).trim().includes(' ')).toBe(true)
    }),
  )
})

test('the width is that of the terminal, or COLUMNS for a pipe, or else unlimited', () => {
  expect(columnsOf({ columns: 90 }, { COLUMNS: '70' })).toBe(90)
  expect(columnsOf({}, { COLUMNS: '70' })).toBe(70)
  expect(columnsOf({}, {})).toBe(Number.POSITIVE_INFINITY)
  expect(stripVTControlCharacters(wrapped({ text: 'a '.repeat(500), hang: 2 }, columnsOf({}, {})))).not.toContain('\n')
})
