import { expect, test } from 'vitest'
import { accessOf } from '../../../lambdas/access/decide.ts'
import { refusalOf, unknownCaller } from '../../../lambdas/access/refusal.ts'
import { callerIdsFor, callerOf } from '../../support/aws/callers.ts'

const account = '123456789012'
const to = [{ iam: { role: 'platform' } }]
const viewers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `viewers-${index + 1}`,
    role: 'viewer' as const,
    to,
    clusters: ['prod'],
  }))
const accessWith = (count: number, policies = {}) => {
  const grants = [{ name: 'admins', role: 'administrator' as const, to }, ...viewers(count)]
  return accessOf({ grants, issuers: {}, policies }, { accountId: account, callerIds: callerIdsFor(grants) })
}
const stranger = callerOf(`arn:aws:sts::${account}:assumed-role/stranger/session`)
const reads = { action: 'get-cluster', resource: { type: 'Cluster', cluster: 'prod' } } as const
const refused = { allowed: false, policies: [], grants: [], errors: [] } as const

const refusal = (count: number) => refusalOf(accessWith(count), stranger, reads, refused)

test('a refusal names the caller, the missing role, and the administrators to ask', () => {
  expect(refusal(0)).toMatch(
    /role\/stranger may not do get-cluster on cluster prod: this requires the role viewer for cluster prod\./,
  )
  expect(refusal(0)).toMatch(/ask a caller with the grant admins\.$/)
})

test.each([
  [4, /: admins, viewers-1, viewers-2, viewers-3, viewers-4\. /],
  [5, /: admins, viewers-1, viewers-2, viewers-3, viewers-4 and 1 more\. /],
  [9, /: admins, viewers-1, viewers-2, viewers-3, viewers-4 and 5 more\. /],
])('with %i sufficient grants the refusal names the administrators and at most four more', (count, words) => {
  expect(refusal(count)).toMatch(words)
})

test('a caller without a grant is known only if the settings have Cedar policies', () => {
  expect(accessWith(0).isKnown(stranger)).toBe(false)
  expect(accessWith(0, { own: 'permit(principal, action, resource);' }).isKnown(stranger)).toBe(true)
  expect(accessWith(0).isKnown(callerOf(`arn:aws:sts::${account}:assumed-role/platform/session`))).toBe(true)
  expect(unknownCaller(accessWith(2), stranger)).toMatch(/role\/stranger has no grant.* the grant admins\.$/)
})

test('a refusal names the requested account', () => {
  const request = { action: 'use-account', resource: reads.resource, awsAccountId: '222233334444' } as const
  expect(refusalOf(accessWith(0), stranger, request, refused)).toMatch(
    /may not do use-account 222233334444 on cluster prod: this requires the role administrator for cluster prod\./,
  )
})
