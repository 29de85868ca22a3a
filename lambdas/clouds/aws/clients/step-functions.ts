import { SFNClient } from '@aws-sdk/client-sfn'
import { clientConfig } from './config.ts'
import { awsResponseTests, rejectForeignResponses } from './own-answers.ts'

export const stepFunctions = rejectForeignResponses(new SFNClient(clientConfig), awsResponseTests.json)
