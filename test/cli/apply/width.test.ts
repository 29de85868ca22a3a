import { expect, test } from 'vitest'
import { widthOf } from '../../../cli/apply/width.ts'

test.for(['0', '21', '-1', '1.5', 'all', ''])('--parallel %j is refused', (text) => {
  expect(() => widthOf(text)).toThrow(`--parallel takes a number from 1 to 20, and this is "${text}".`)
})

test('--parallel accepts 1 and 20', () => {
  expect([widthOf('1'), widthOf('20')]).toEqual([1, 20])
})
