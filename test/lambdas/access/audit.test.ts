import { expect, test } from 'vitest'
import { auditLine } from '../../../lambdas/access/audit.ts'
import { sessionOf } from '../../support/api/access.ts'

const call = { requestId: 'r', caller: 'arn:aws:sts::000000000000:assumed-role/team/ada', principal: sessionOf('team') }
const resource = { type: 'Cluster', cluster: 'prod' } as const
const allowed = { allowed: true, policies: [], grants: ['team'], errors: [] }

test('a line of the audit log has the caller, the action and the decision, and no empty fields', () => {
  const line = {
    requestId: 'r',
    caller: 'arn:aws:sts::000000000000:assumed-role/team/ada',
    principal: 'arn:aws:iam::000000000000:role/team',
    action: 'get-cluster',
    resource: 'cluster prod',
    decision: 'allow',
    policies: [],
    grants: ['team'],
  }
  expect(auditLine(call, { action: 'get-cluster', resource }, allowed)).toStrictEqual(line)
  const refused = { allowed: false, policies: ['no-prod'], grants: [], errors: ['no-prod: attribute not found'] }
  expect(auditLine(call, { action: 'get-cluster', resource, awsAccountId: '111122223333' }, refused)).toStrictEqual({
    ...line,
    ...{ awsAccountId: '111122223333', decision: 'deny' },
    policies: ['no-prod'],
    grants: [],
    errors: refused.errors,
  })
})
