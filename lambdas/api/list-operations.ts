import { listOperations } from '../operations/operations.ts'
import { allAsTheyAreNow } from '../operations/reconcile.ts'
import { operation } from './operation.ts'
import { nextPage, operationsQuery, readQuery } from './queries.ts'
import { summaryOf } from './views.ts'

export const handler = operation(async (call) => {
  const query = readQuery(operationsQuery, call.query)
  const recorded = await listOperations(query)
  const observed = recorded.map(({ operationId }) => operationId)
  const now = await allAsTheyAreNow(recorded)
  const operations = now.filter(({ status }) => query.status === undefined || status === query.status)
  return {
    status: 200,
    body: { operations: operations.map(summaryOf), ...nextPage('/v1/operations', query, observed) },
  }
})
