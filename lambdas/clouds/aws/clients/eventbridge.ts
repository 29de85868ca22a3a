import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

export const eventBridge = rejectForeignResponses(new EventBridgeClient(clientConfig), awsResponseTests.json)
