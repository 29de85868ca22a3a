import { SNSClient } from '@aws-sdk/client-sns'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

export const sns = rejectForeignResponses(new SNSClient(clientConfig), awsResponseTests.query)
