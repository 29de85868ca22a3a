import { expect, test } from 'vitest'
import {
  all,
  appended,
  attribute,
  type Changes,
  changing,
  type Expression,
  placeholders,
  unlessSet,
  where,
} from '../../../../lambdas/operations/record/expression.ts'

function written(expression: Expression) {
  const to = placeholders()
  const text = expression(to)
  return { text, ...to.attributes() }
}

test('a condition has a placeholder for each name and each value', () => {
  expect(written(where`attribute_not_exists(pk) OR owner IN (${'prod'}, ${'dev'}) OR owner = ${'OR pk'}`)).toEqual({
    text: 'attribute_not_exists(#n0) OR #n1 IN (:v0, :v1) OR #n1 = :v2',
    ExpressionAttributeNames: { '#n0': 'pk', '#n1': 'owner' },
    ExpressionAttributeValues: { ':v0': 'prod', ':v1': 'dev', ':v2': 'OR pk' },
  })
})

test('each name in the path of a nested attribute has a placeholder', () => {
  expect(written(where`status.verifiedAt = ${null} AND ${attribute('users.team-1.held')} = ${1}`)).toEqual({
    text: '#n0.#n1 = :v0 AND #n2.#n3.#n4 = :v1',
    ExpressionAttributeNames: { '#n0': 'status', '#n1': 'verifiedAt', '#n2': 'users', '#n3': 'team-1', '#n4': 'held' },
    ExpressionAttributeValues: { ':v0': null, ':v1': 1 },
  })
})

test.for([
  where`begins_with(sk, ${'a'})`,
  where`sk BETWEEN ${'a'} AND ${'b'}`,
  where`size(sk) < ${1}`,
  where`attribute_exists(sk)`,
])('an operator gets no placeholder', (expression) => {
  expect(written(expression).ExpressionAttributeNames).toEqual({ '#n0': 'sk' })
})

test('conditions are combined in parentheses, because one may have an OR', () => {
  const condition = all(where`a = ${1} OR b = ${2}`, undefined, where`c = ${3}`)
  expect(written(condition).text).toBe('(#n0 = :v0 OR #n1 = :v1) AND (#n2 = :v2)')
  expect(written(all(undefined, where`c = ${3}`)).text).toBe('#n0 = :v0')
})

test('an expression without names or values has no empty lists of them, which DynamoDB refuses', () => {
  expect(written(where`attribute_exists(pk)`)).not.toHaveProperty('ExpressionAttributeValues')
  expect(placeholders().attributes()).toEqual({})
})

test.for<[string, Changes, string, unknown[]]>([
  ['sets', { set: { status: 'x', 'status.at': 1 } }, 'SET #n0 = :v0, #n0.#n1 = :v1', ['x', 1]],
  ['omits undefined values', { set: { a: undefined, b: null } }, 'SET #n0 = :v0', [null]],
  ['keeps a first value', { set: { a: unlessSet(1) } }, 'SET #n0 = if_not_exists(#n0, :v0)', [1]],
  [
    'appends to a list',
    { set: { a: appended([1]) } },
    'SET #n0 = list_append(if_not_exists(#n0, :v0), :v1)',
    [[], [1]],
  ],
  ['removes', { set: { a: 1 }, remove: ['b', 'c.d'] }, 'SET #n0 = :v0 REMOVE #n1, #n2.#n3', [1]],
  [
    'adds, and removes from a set',
    { add: { a: 1 }, delete: { b: new Set(['x']) } },
    'ADD #n0 :v0 DELETE #n1 :v1',
    [1, new Set(['x'])],
  ],
])('an update %s', ([, changes, text, values]) => {
  const { ExpressionAttributeValues = {}, ...update } = written(changing(changes))
  expect(update.text).toBe(text)
  expect(Object.values(ExpressionAttributeValues)).toEqual(values)
})
