import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { clientConfig } from './config.ts'
import { awsResponseTests, rejectForeignResponses } from './own-answers.ts'

export const eventBridge = rejectForeignResponses(new EventBridgeClient(clientConfig), awsResponseTests.json)
