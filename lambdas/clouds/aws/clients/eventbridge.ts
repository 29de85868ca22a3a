import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

export const eventBridge = takingOwnAnswers(new EventBridgeClient(clientConfig), ownAnswers.json)
