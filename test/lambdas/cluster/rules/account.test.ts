import { expect, test } from 'vitest'
import { memberAccount } from '../../../../sandbox/account.ts'
import { expectFine, expectRefused } from '../../../support/api/expect-fault.ts'
import { deployment, exampleRequest } from '../../../support/api/requests.ts'

const field = 'cluster.awsAccountId'

test.each([memberAccount.id, deployment.accountId])('the account %s of the deployment is accepted', (account) => {
  expectFine({ [field]: account }, 'existing-cluster')
})

test('an account that the settings do not name is refused, and the message names the setting', () => {
  expectRefused(field, '999999999999', /is not an account of this deployment.*setting accounts/)
})

test.each(['1234-5678-9012', '12345678901', 'arn:aws:iam::222233334444:root', ''])(
  '%j is refused, because it is not an account',
  (text) => {
    expectRefused(field, text, /is not the ID of an AWS account: use its twelve digits/)
  },
)

test('the spec has only accounts other than that of the deployment', () => {
  const accountInSpec = (account: string) =>
    exampleRequest('existing-cluster', { [field]: account }).cluster.awsAccountId
  expect(accountInSpec(deployment.accountId)).toBeUndefined()
  expect(accountInSpec(memberAccount.id)).toBe(memberAccount.id)
})
