import { expect, test } from 'vitest'
import { functionConcurrency } from '../../../cli/aws/concurrency.ts'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'

const aws = awsAccount()

function concurrency(): Promise<number | 'denied'> {
  const credentials = async () => rootCredentials
  return functionConcurrency({ endpoint: aws.endpoint, region: account.region, credentials })
}

test('reads the concurrency quota of the account', async () => {
  expect(await concurrency()).toBe(1000)
})

test('does not fail when the credentials may not read the quota', async () => {
  await aws.faults.add({ kind: 'refuse', operation: 'lambda:GET *account-settings*', times: 1 })
  expect(await concurrency()).toBe('denied')
})
