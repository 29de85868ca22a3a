import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differenceLines, fileDifferenceLines } from '../../../cli/view/difference-lines.ts'
import { said } from '../support/lines.ts'

test('a field that is only observed or only desired shows one value', () => {
  const lines = differenceLines([
    { field: 'tags.old', observed: 'a' },
    { field: 'tags.new', desired: 'b' },
  ])
  expect(said(lines).map((line) => line.trim())).toEqual(['tags.old', '- a', 'tags.new', '+ b'])
})

test('a long value is shown as a diff, from which both values can be read', () => {
  const statement = fc.record({ Sid: fc.string(), Action: fc.array(fc.string({ minLength: 8 }), { minLength: 8 }) })
  fc.assert(
    fc.property(statement, statement, (observed, desired) => {
      const [, ...lines] = said(differenceLines([{ field: 'trustPolicy', observed, desired }]))
      const shown = lines.map((line) => line.slice(15))
      const linesWith = (sign: string) => shown.filter((line) => [sign, ' '].includes(line.charAt(0)))
      // A line in both values may lack the comma.
      const textOf = (texts: readonly string[]) => texts.map((text) => text.replace(/,$/, ''))
      const expected = (value: unknown) => textOf(JSON.stringify(value, undefined, 2).split('\n'))
      expect(textOf(linesWith('-').map((line) => line.slice(2)))).toEqual(expected(observed))
      expect(textOf(linesWith('+').map((line) => line.slice(2)))).toEqual(expected(desired))
    }),
  )
})

test('a field that the recorded spec lacks shows the value of the file only', () => {
  const lines = fileDifferenceLines('prod.yaml', [{ field: 'cluster.proxyUrl', file: 'http://proxy:3128' }])
  expect(said(lines).map((line) => line.trim())).toEqual([
    'file      prod.yaml: one difference from the recorded spec',
    'cluster.proxyUrl',
    'file: http://proxy:3128',
  ])
})
