import { SNSClient } from '@aws-sdk/client-sns'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

export const sns = takingOwnAnswers(new SNSClient(clientConfig), ownAnswers.query)
