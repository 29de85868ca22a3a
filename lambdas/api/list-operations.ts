import { listOperations } from '../clouds/aws/operations.ts'
import { summaryOf } from '../domain/operation-view.ts'
import { operation } from '../middleware/operation.ts'
import { nextPage, operationsQuery, readQuery } from './queries.ts'

export const handler = operation(async (call) => {
  const query = readQuery(operationsQuery, call.query)
  const operations = await listOperations(query)
  const found = operations.map(({ operationId }) => operationId)
  return { status: 200, body: { operations: operations.map(summaryOf), ...nextPage('/v1/operations', query, found) } }
})
