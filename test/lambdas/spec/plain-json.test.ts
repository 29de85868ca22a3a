import { expect, test } from 'vitest'
import { plainJsonIssue } from '../../../lambdas/spec/plain-json.ts'

const nested = (levels: number): unknown => (levels === 0 ? 'a' : { a: nested(levels - 1) })

test.each([['{"a":[1,null,true,"ü 😀"],"b":{"construct":"or"}}'], ['"a"'], ['null']])('%s can be stored', (json) => {
  expect(plainJsonIssue(JSON.parse(json))).toBeUndefined()
})

test('a value of 32 levels can be stored, and no deeper one', () => {
  expect(plainJsonIssue(nested(32))).toBeUndefined()
  expect(plainJsonIssue(nested(33))).toMatchObject({ path: '', message: 'nests deeper than 32 levels' })
})

test.each(['__proto__', 'constructor', 'prototype'])('a field %s is refused with its path, at any depth', (name) => {
  const value: unknown = JSON.parse(`{"workloads":[{"role":{"${name}":{}}}]}`)
  expect(plainJsonIssue(value)).toMatchObject({
    path: `workloads[0].role.${name}`,
    message: 'is a name that no field may have: remove it',
  })
})

test.each(['9007199254740991', '-9007199254740991', '0.1', '-0', '0e400', '1e-130'])('%s can be stored', (number) => {
  expect(plainJsonIssue(JSON.parse(`{"a":[${number}]}`))).toBeUndefined()
})

test.each(['99999999999999999999', '-9007199254740992', '1e400', '-1e400', '1e300'])(
  'the number %s is refused with its path, because it is too large for DynamoDB',
  (number) => {
    expect(plainJsonIssue(JSON.parse(`{"a":[1,{"b":${number}}]}`))).toMatchObject({
      path: 'a[1].b',
      message: 'is beyond 9007199254740991: use a smaller number',
    })
  },
)

test.each(['1e-300', '-1e-131'])(
  'the number %s is refused with its path, because it is too close to 0 for DynamoDB',
  (number) => {
    expect(plainJsonIssue(JSON.parse(`{"a":[1,{"b":${number}}]}`))).toMatchObject({ path: 'a[1].b' })
  },
)

test.each([
  ['a lone high surrogate', '"\\ud800"'],
  ['a lone low surrogate', '"a\\udc00b"'],
  ['NUL', '"\\u0000"'],
])('a text with %s is refused, as a value and as a name', (_, text) => {
  const message = expect.stringContaining('has a character that cannot be kept')
  expect(plainJsonIssue(JSON.parse(`{"a":[${text}]}`))).toMatchObject({ path: 'a[0]', message })
  expect(plainJsonIssue(JSON.parse(`{"a":{${text}:1}}`))).toMatchObject({ path: 'a', message })
})
