import { DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

export const dynamodb = rejectForeignResponses(new DynamoDBClient(clientConfig), awsResponseTests.json)

/**
 * A transaction takes some milliseconds. Meanwhile, DynamoDB rejects every other write of the same items. The SDK does
 * not retry this error by default:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
dynamodb.middlewareStack.add(
  (next) => async (args) => {
    try {
      return await next(args)
    } catch (error) {
      throw error instanceof TransactionConflictException ? Object.assign(error, { $retryable: {} }) : error
    }
  },
  { step: 'finalizeRequest', priority: 'low', name: 'againAfterTransaction' },
)
