import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type AwsSettings, awsAnswer } from './settings.ts'

/**
 * The concurrency limit for functions of the account in the region, or `denied` if the credentials may not read it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 *
 * @throws {CommandError} when the credentials are missing or not valid
 */
export async function functionConcurrency(settings: AwsSettings): Promise<number | 'denied'> {
  try {
    const { AccountLimit } = await new LambdaClient(settings).send(new GetAccountSettingsCommand({}))
    return AccountLimit?.ConcurrentExecutions ?? 'denied'
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return 'denied'
    return awsAnswer(settings, 'the settings of Lambda', Promise.reject(error))
  }
}
