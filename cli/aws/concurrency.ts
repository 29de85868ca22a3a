import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type AwsSettings, awsAnswer } from './settings.ts'

/**
 * How many functions of the account may run at the same time in the region; `denied` where these credentials may not read it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 *
 * @throws {CommandError} when there are no credentials, or they are not valid
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
