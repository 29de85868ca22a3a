import { SFNClient } from '@aws-sdk/client-sfn'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

export const stepFunctions = takingOwnAnswers(new SFNClient(clientConfig), ownAnswers.json)
