import { expect, test } from 'vitest'
import * as table from '../../../../lambdas/operations/record/table.ts'
import * as workloads from '../../../../lambdas/operations/record/workload-record.ts'
import { recordRole } from '../../../support/api/operations.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'

const workload = { namespace: 'default', serviceAccount: 's3-reader' }
const record = { roleName: 'r', roleArn: 'arn:r', policyArns: ['arn:a', 'arn:b'], inlinePolicyName: 'inline' }

awsAccount()

test('a workload has no record before create-role starts for it', async () => {
  expect(await workloads.readRoleRecord('prod-eu', { ...workload, namespace: 'other' })).toBeUndefined()
})

test('a written record is read, and only for the workload of its own cluster', async () => {
  await recordRole('prod-eu', workload, record)
  expect(await workloads.readRoleRecord('prod-eu', workload)).toMatchObject(record)
  expect(await workloads.readRoleRecord('prod-us', workload)).toBeUndefined()
})

test('an equal record is not written again, whatever the order of its policies', async () => {
  await recordRole('prod-eu', workload, record)
  const before = await stored()
  await workloads.writeRoleRecord('prod-eu', workload, { ...record, policyArns: ['arn:b', 'arn:a'] }, record)
  expect(await stored()).toEqual(before)
})

test('a removed inline policy leaves the record', async () => {
  await recordRole('prod-eu', workload, record)
  const { inlinePolicyName: _, ...without } = record
  await workloads.writeRoleRecord('prod-eu', workload, without, record)
  expect(await stored()).not.toHaveProperty('status.role.inlinePolicyName')
})

test('roles of former names stay recorded until a write omits them', async () => {
  await recordRole('prod-eu', workload, record)
  const former = { roleName: 'f', roleArn: 'arn:f', policyArns: ['arn:a'], inlinePolicyName: 'inline' }
  await workloads.writeRoleRecord('prod-eu', workload, { ...record, formerRoles: [former] }, record)
  expect(await workloads.readRoleRecord('prod-eu', workload)).toMatchObject({ formerRoles: [former] })
  await workloads.writeRoleRecord('prod-eu', workload, record, { ...record, formerRoles: [former] })
  expect(await stored()).not.toHaveProperty('status.role.formerRoles')
})

function stored() {
  return table.getItem(table.keys.workload('prod-eu', workload.namespace, workload.serviceAccount))
}
