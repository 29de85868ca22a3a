import { SNSClient } from '@aws-sdk/client-sns'
import { clientConfig } from './config.ts'
import { awsResponseTests, rejectForeignResponses } from './own-answers.ts'

export const sns = rejectForeignResponses(new SNSClient(clientConfig), awsResponseTests.query)
