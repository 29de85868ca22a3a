import { expect, test } from 'vitest'
import { differenceBlocks } from '../../portal/src/pages/operation/difference-blocks.ts'

const statement = { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' }
const audience = { 'oidc.example.com:aud': 'sts.amazonaws.com' }
const subject = { 'oidc.example.com:sub': 'system:serviceaccount:default:reader' }

test('a changed trust policy is the lines that are found alone and those that are asked for alone', () => {
  const desired = { Version: '2012-10-17', Statement: [{ ...statement, Condition: { ...subject, ...audience } }] }
  const observed = { Version: '2012-10-17', Statement: [{ ...statement, Condition: subject, Sid: 'mine' }] }
  const changed = differenceBlocks(observed, desired).filter(({ kind }) => kind !== 'both')
  expect(changed).toEqual([
    { kind: 'desired', lines: ['        "oidc.example.com:aud": "sts.amazonaws.com"'] },
    { kind: 'observed', lines: ['      "Sid": "mine"'] },
  ])
})

test('an order of keys is no difference', () => {
  const desired = { Version: '2012-10-17', Statement: [statement] }
  const observed = { Statement: [{ Action: statement.Action, Effect: 'Allow' }], Version: '2012-10-17' }
  expect(differenceBlocks(observed, desired).map(({ kind }) => kind)).toEqual(['both'])
})

test('short values are a line each', () => {
  expect(differenceBlocks(3600, 5400)).toEqual([
    { kind: 'observed', lines: ['3600'] },
    { kind: 'desired', lines: ['5400'] },
  ])
})

test('a value that is not there has no lines', () => {
  expect(differenceBlocks(undefined, 'a\nb')).toEqual([{ kind: 'desired', lines: ['a', 'b'] }])
  expect(differenceBlocks('a', undefined)).toEqual([{ kind: 'observed', lines: ['a'] }])
  expect(differenceBlocks(undefined, undefined)).toEqual([])
})
