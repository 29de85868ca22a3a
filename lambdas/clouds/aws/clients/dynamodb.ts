import { DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

export const dynamodb = takingOwnAnswers(new DynamoDBClient(clientConfig), ownAnswers.json)

/**
 * A single write is refused while a transaction is writing its item, which takes some milliseconds. The SDK then sends it again, as it does
 * of itself for other errors that pass:
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
