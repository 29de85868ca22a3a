import { expect, test } from 'vitest'
import { approvedGenerations } from '../../../cli/apply/approved.ts'
import { WrongUse } from '../../../cli/errors.ts'

test('a single request may have a number alone, and several have a number each', () => {
  expect([...approvedGenerations(['12'], ['prod'])]).toEqual([['prod', 12]])
  expect([...approvedGenerations(['prod=12'], ['prod'])]).toEqual([['prod', 12]])
  expect([...approvedGenerations(['a=0', 'b=3'], ['a', 'b'])]).toEqual([
    ['a', 0],
    ['b', 3],
  ])
})

test.each([
  ['a number for several', ['12'], ['a', 'b'], 'CLUSTER=12'],
  ['one of two', ['a=1'], ['a', 'b'], 'no generation for b'],
  ['no number', ['newest'], ['a'], '"newest"'],
])('refuses %s', (_, values, clusters, message) => {
  expect(() => approvedGenerations(values, clusters)).toThrow(WrongUse)
  expect(() => approvedGenerations(values, clusters)).toThrow(message)
})
