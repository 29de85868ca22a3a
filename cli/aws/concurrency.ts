import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type AwsSettings, unlessDenied } from './settings.ts'

/**
 * The concurrency limit for functions of the account in the region, or `denied` if the credentials may not read it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 *
 * @throws {CommandError} when the credentials are missing or not valid
 */
export async function functionConcurrency(settings: AwsSettings): Promise<number | 'denied'> {
  const answer = new LambdaClient(settings).send(new GetAccountSettingsCommand({}))
  const read = await unlessDenied(settings, 'the settings of Lambda', answer)
  return read === 'denied' ? read : (read.AccountLimit?.ConcurrentExecutions ?? 'denied')
}
