import { SNSClient } from '@aws-sdk/client-sns'
import { clientConfig } from './config.ts'
import { ownAnswers, rejectForeignResponses } from './own-answers.ts'

export const sns = rejectForeignResponses(new SNSClient(clientConfig), ownAnswers.query)
