/** The AWS account of the credentials, and whether its limit for concurrent Lambda executions is high enough. */
import { type AwsCaller, awsCaller } from '../aws/caller.ts'
import { functionConcurrency } from '../aws/concurrency.ts'
import { type AwsContext, type AwsSettings, awsSettings } from '../aws/settings.ts'
import { concurrencyFinding } from './decide.ts'
import { type Finding, ok } from './finding-lines.ts'
import { unlessFailing } from './unless-failing.ts'

export interface Account {
  readonly settings: AwsSettings
  readonly caller: AwsCaller
}

/** @throws {CommandError} when the region is not known, or the credentials are missing or not valid */
export async function accountOf(aws: AwsContext): Promise<Account> {
  const settings = awsSettings(aws)
  return { settings, caller: await awsCaller(settings) }
}

/** Region, credentials and Lambda quota. */
export async function accountFindings({ settings, caller }: Account): Promise<readonly Finding[]> {
  const quota = await unlessFailing('Lambda quota', async () => [
    concurrencyFinding(await functionConcurrency(settings)),
  ])
  return [ok('AWS region', settings.region), ok('AWS credentials', caller.arn), ...quota]
}
