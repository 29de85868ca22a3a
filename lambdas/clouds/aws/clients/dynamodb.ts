import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { clientConfig } from './config.ts'

export const dynamodb = new DynamoDBClient(clientConfig)
