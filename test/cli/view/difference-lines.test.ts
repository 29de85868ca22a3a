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

test('a field that the recorded spec lacks shows the value of the file only', () => {
  const lines = fileDifferenceLines('prod.yaml', [{ field: 'cluster.proxyUrl', file: 'http://proxy:3128' }])
  expect(said(lines).map((line) => line.trim())).toEqual([
    'file      prod.yaml: one difference from the recorded spec',
    'cluster.proxyUrl',
    'file: http://proxy:3128',
  ])
})
