import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

export const dynamodb = takingOwnAnswers(new DynamoDBClient(clientConfig), ownAnswers.json)
