import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type AwsSettings, awsAnswer } from './settings.ts'

export interface AwsCaller {
  readonly arn: string
  /** The unique ID in IAM of the role or user. For a role, a colon and the session name follow. */
  readonly id: string
  /** Twelve digits. */
  readonly account: string
  /** aws, aws-cn or aws-us-gov. */
  readonly partition: string
}

/** @throws {CommandError} when the credentials are missing or not valid */
export async function awsCaller(settings: AwsSettings): Promise<AwsCaller> {
  const sts = new STSClient(settings)
  const answer = sts.send(new GetCallerIdentityCommand({}))
  const { Arn: arn = '', UserId: id = '', Account: account = '' } = await awsAnswer(settings, 'the credentials', answer)
  return { arn, id, account, partition: arn.split(':')[1] ?? 'aws' }
}
