import { SFNClient } from '@aws-sdk/client-sfn'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

export const stepFunctions = rejectForeignResponses(new SFNClient(clientConfig), awsResponseTests.json)
