import { describe, expect, it, test } from 'vitest'
import * as z from 'zod'
import { proofSessionName } from '../../lambdas/clouds/aws/web-identity.ts'
import { otherAccountOf, wrongAudience } from '../../lambdas/proof/proof.ts'
import { subjectOf } from '../../lambdas/role/trust-policy.ts'
import { filterPattern } from './filter-pattern.ts'
import { read } from './support.ts'

const [, section = ''] = /^### Alarms on unauthorized calls$(.*?)^### /ms.exec(read('docs/deployment.md')) ?? []
const [, shown = ''] = /^```json\n(.*?)^```/ms.exec(section) ?? []
const [, ours = ''] = /^```\n(\{.*?)\n```/ms.exec(section) ?? []
/** https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-2 */
const usual = '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}'

const event = z.looseObject({
  userIdentity: z.looseObject({ userName: z.string() }),
  requestParameters: z.looseObject({ roleSessionName: z.string() }),
})
const refused = event.parse(JSON.parse(shown))
const workload = { namespace: 'reports', serviceAccount: 'exporter' }
const withSession = (roleSessionName: string) => ({
  requestParameters: { ...refused.requestParameters, roleSessionName },
})
const withAccount = (userName: string) => ({ userIdentity: { ...refused.userIdentity, userName } })

describe('the event on the page', () => {
  it('is the event of a proof', () => {
    expect(refused.requestParameters.roleSessionName).toBe(proofSessionName)
    expect(refused.userIdentity.userName).toBe(subjectOf(otherAccountOf(workload)))
    expect(section).toContain(wrongAudience)
  })

  it('matches the usual filter, but not the filter on the page', () => {
    expect(filterPattern(usual)(refused)).toBe(true)
    expect(filterPattern(ours)(refused)).toBe(false)
  })

  it('does not match the filter on the page for a workload of the account `default`', () => {
    const other = subjectOf(otherAccountOf({ namespace: 'default', serviceAccount: 'default' }))
    expect(filterPattern(ours)({ ...refused, ...withAccount(other) })).toBe(false)
  })
})

test.each([
  ['another account with the session name of a proof', withAccount('system:serviceaccount:reports:importer')],
  ['the workload itself', withAccount(subjectOf(workload))],
  ['an account whose name ends with default', withAccount('system:serviceaccount:reports:not-default')],
  ['a pod of an account `default`', withSession('botocore-session-1675698641')],
  ['a session whose name begins like that of a proof', withSession(`${proofSessionName}-2`)],
  ['an event without an account', { userIdentity: { type: 'WebIdentityUser' } }],
  ['an event without a session', { requestParameters: { roleArn: 'arn:role' } }],
  ['another call', { eventName: 'AssumeRole', ...withSession(proofSessionName) }],
  ['another call without parameters', { eventName: 'ListUsers', requestParameters: null }],
  ['another kind', { eventName: 'RunInstances', errorCode: 'Client.UnauthorizedOperation' }],
])('both filters match a refusal of %s', (_, difference) => {
  expect(filterPattern(usual)({ ...refused, ...difference })).toBe(true)
  expect(filterPattern(ours)({ ...refused, ...difference })).toBe(true)
})

test.each([
  ['a token for another audience', { errorCode: 'InvalidIdentityTokenException' }],
  ['a call that succeeded', { errorCode: undefined }],
])('neither filter matches %s', (_, difference) => {
  expect(filterPattern(usual)({ ...refused, ...difference })).toBe(false)
  expect(filterPattern(ours)({ ...refused, ...difference })).toBe(false)
})

/** The examples in AWS's documentation. */
test.each([
  ['{ $.eventType = "UpdateTrail" }', true],
  ['{ $.sourceIPAddress != 123.123.* }', true],
  ['{ $.sourceIPAddress = "111.*" }', true],
  ['{ $.SomeOtherObject NOT EXISTS }', true],
  ['{ $.SomeObject NOT EXISTS }', false],
  ['{ $.SomeObject != "a" }', false],
  ['{ $.SomeOtherObject != "a" }', false],
  ['{ $.user = "a" || $.user != "a" }', false],
  ['{ $.eventType = "Up*Trail" }', false],
  ['{ ($.user.id = 1) && ($.eventType = "UpdateTrail") }', true],
  ['{ $.user.id = 1 || $.eventType = "none" && $.user.id = 2 }', true],
  ['{ ($.user.id = 1 || $.eventType = "none") && $.user.id = 2 }', false],
])('evaluates a pattern like CloudWatch Logs: %s', (pattern, expected) => {
  const log = { eventType: 'UpdateTrail', sourceIPAddress: '111.111.111.111', SomeObject: null, user: { id: 1 } }
  expect(filterPattern(pattern)(log)).toBe(expected)
})

test.each(['$.a = 1', '{ $.a = 1', '{ $.a > 1 }', '{ $.a = 1 } }'])('refuses the pattern %s', (text) => {
  expect(() => filterPattern(text)).toThrow()
})
