import { expect, test } from 'vitest'
import { callerIdsOf, namedCallers } from '../../../lambdas/access/named-callers.ts'

const grants = [
  { to: [{ iam: { role: 'admin' } }, { jwt: {} }] },
  { to: [{ iam: { user: 'ci' } }, { iam: { role: 'admin' } }] },
]

test('the IDs belong to the callers in the order of the grants', () => {
  expect([...callerIdsOf(grants, 'AROAADMIN,AIDACI')]).toEqual([
    ['role/admin', 'AROAADMIN'],
    ['user/ci', 'AIDACI'],
  ])
})

test('a caller whose ID is missing or empty has none', () => {
  for (const text of ['AROAADMIN', 'AROAADMIN,']) {
    expect([...callerIdsOf(grants, text)]).toEqual([['role/admin', 'AROAADMIN']])
  }
})

test('the unique ID of a caller is the one of the first grant that has one', () => {
  const to = (id?: string) => ({ to: [{ iam: { role: 'admin', id } }] })
  expect(namedCallers([to(), to('AROAFIRST'), to('AROASECOND')])).toEqual([{ key: 'role/admin', id: 'AROAFIRST' }])
})
