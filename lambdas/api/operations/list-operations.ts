import { listOperations } from '../../operations/lists/operation-list.ts'
import { deploymentResource, operationResource } from '../access/checks.ts'
import { operation } from '../operation.ts'
import { nextPage, operationsQuery, readQuery } from '../queries.ts'
import { visiblePage } from '../visible-page.ts'
import { summaryOf } from './views.ts'

export const handler = operation({
  authorizes: (call) => ({
    checks: [{ action: 'list-operations', resource: deploymentResource }],
    input: readQuery(operationsQuery, call.query),
  }),
  runs: async (call, query) => {
    const { entries, next } = await visiblePage(query, (from) => listOperations(query, from), {
      positionOf: ({ operationId }) => operationId,
      maySee: (entry) => call.maySee({ action: 'get-operation', resource: operationResource(entry) }),
    })
    const link = nextPage(`${call.root}/v1/operations`, query, next)
    return { status: 200, body: { operations: entries.map(summaryOf), ...link } }
  },
})
