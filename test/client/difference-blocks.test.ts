import { expect, test } from 'vitest'
import { differenceBlocks } from '../../client/difference-blocks.ts'

const statement = { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' }
const audience = { 'oidc.example.com:aud': 'sts.amazonaws.com' }
const subject = { 'oidc.example.com:sub': 'system:serviceaccount:default:reader' }

test('shows of a changed trust policy the lines that are only observed or only desired', () => {
  const desired = { Version: '2012-10-17', Statement: [{ ...statement, Condition: { ...subject, ...audience } }] }
  const observed = { Version: '2012-10-17', Statement: [{ ...statement, Condition: subject, Sid: 'mine' }] }
  const changed = differenceBlocks(observed, desired).filter(({ kind }) => kind !== 'both')
  expect(changed).toEqual([
    { kind: 'desired', lines: ['        "oidc.example.com:aud": "sts.amazonaws.com"'] },
    { kind: 'observed', lines: ['      "Sid": "mine"'] },
  ])
})

test('ignores the order of keys', () => {
  const desired = { Version: '2012-10-17', Statement: [statement] }
  const observed = { Statement: [{ Action: statement.Action, Effect: 'Allow' }], Version: '2012-10-17' }
  expect(differenceBlocks(observed, desired).map(({ kind }) => kind)).toEqual(['both'])
})

test('shows short values on a line each', () => {
  expect(differenceBlocks(3600, 5400)).toEqual([
    { kind: 'observed', lines: ['3600'] },
    { kind: 'desired', lines: ['5400'] },
  ])
})

test('shows no lines for a missing value', () => {
  expect(differenceBlocks(undefined, 'a\nb')).toEqual([{ kind: 'desired', lines: ['a', 'b'] }])
  expect(differenceBlocks('a', undefined)).toEqual([{ kind: 'observed', lines: ['a'] }])
  expect(differenceBlocks(undefined, undefined)).toEqual([])
})
