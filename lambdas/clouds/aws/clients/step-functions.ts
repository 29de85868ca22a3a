import { SFNClient } from '@aws-sdk/client-sfn'
import { clientConfig } from './config.ts'
import { ownAnswers, rejectForeignResponses } from './own-answers.ts'

export const stepFunctions = rejectForeignResponses(new SFNClient(clientConfig), ownAnswers.json)
