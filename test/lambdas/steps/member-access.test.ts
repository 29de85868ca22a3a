import { afterAll, beforeAll, expect, test } from 'vitest'
import { description as verify } from '../../../lambdas/proof/verify.step.ts'
import { description as createRole } from '../../../lambdas/role/create-role.step.ts'
import { boundaryArn, memberAccess } from '../../../lambdas/steps/member-access.ts'
import { setEnvironment } from '../../support/environment.ts'

const own = 'arn:aws-cn:iam::111122223333:role/workload-identity/prod/reader'
const member = own.replace('111122223333', '222233334444')

let restore: () => void
beforeAll(() => {
  restore = setEnvironment({
    ACCOUNT_ID: '111122223333',
    EXTERNAL_IDS: JSON.stringify({ '222233334444': 'told' }),
    MEMBER_NAME: 'WorkloadIdentity-111122223333-cn-north-1',
    MEMBER_CALLER_ARN: 'of the function',
    PERMISSIONS_BOUNDARY_ARN: 'own boundary',
  })
})
afterAll(() => restore())

test('a step uses its own role in the account of the deployment', () => {
  expect(memberAccess(own, createRole)).toBeUndefined()
  expect(boundaryArn(own)).toBe('own boundary')
})

test('a step uses the member role in another account, with only its own actions', () => {
  expect(memberAccess(member, createRole)).toEqual({
    callerArn: 'of the function',
    roleArn: 'arn:aws-cn:iam::222233334444:role/WorkloadIdentity-111122223333-cn-north-1-writer',
    externalId: 'told',
    sessionName: 'workload-identity-CreateRole',
    actions: expect.arrayContaining(['iam:CreateRole', 'iam:AttachRolePolicy']),
  })
  expect(memberAccess(member, createRole)?.actions).not.toContain('iam:DeleteRole')
  expect(boundaryArn(member)).toBe('arn:aws-cn:iam::222233334444:policy/WorkloadIdentity-111122223333-cn-north-1')
})

test('a step that only reads IAM uses the member role of the reader', () => {
  expect(memberAccess(member, verify)?.roleArn).toMatch(/:role\/WorkloadIdentity-111122223333-cn-north-1-reader$/)
})

test.each([JSON.stringify({ '222233334444': 'told' }), ''])(
  'an account that is in no setting (%j) is refused',
  (ids) => {
    const before = setEnvironment({ EXTERNAL_IDS: ids })
    const unknown = own.replace('111122223333', '999999999999')
    expect(() => memberAccess(unknown, createRole)).toThrow(
      /does not contain the account 999999999999.*Add 999999999999/,
    )
    before()
  },
)
