import { listOperations } from '../operations/operations.ts'
import { operation } from './operation.ts'
import { nextPage, operationsQuery, readQuery } from './queries.ts'
import { summaryOf } from './views.ts'

export const handler = operation(async (call) => {
  const query = readQuery(operationsQuery, call.query)
  const operations = await listOperations(query)
  const observed = operations.map(({ operationId }) => operationId)
  return {
    status: 200,
    body: { operations: operations.map(summaryOf), ...nextPage('/v1/operations', query, observed) },
  }
})
