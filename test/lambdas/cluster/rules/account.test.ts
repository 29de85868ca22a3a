import { expect, test } from 'vitest'
import { memberAccount } from '../../../../sandbox/account.ts'
import { expectFine, expectRefused } from '../../../support/api/expect-fault.ts'
import { deployment, exampleRequest } from '../../../support/api/requests.ts'

const field = 'cluster.awsAccountId'

test.each([memberAccount.id, deployment.accountId])('%s, which the deployment acts in, is fine', (account) => {
  expectFine({ [field]: account }, 'existing-cluster')
})

test('an account that the settings do not name is refused, with the setting', () => {
  expectRefused(field, '999999999999', /is no account of this deployment.*setting accounts/)
})

test.each(['1234-5678-9012', '12345678901', 'arn:aws:iam::222233334444:root', ''])('%j is no account', (text) => {
  expectRefused(field, text, /is not the ID of an AWS account: use its twelve digits/)
})

test("the deployment's own account is left out of the normal form, and another one stays", () => {
  const normal = (account: string) => exampleRequest('existing-cluster', { [field]: account }).cluster.awsAccountId
  expect(normal(deployment.accountId)).toBeUndefined()
  expect(normal(memberAccount.id)).toBe(memberAccount.id)
})
