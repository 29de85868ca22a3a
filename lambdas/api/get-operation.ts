import { asItIsNow } from '../operations/reconcile.ts'
import { hasEnded } from '../operations/record.ts'
import { findOperation } from './find-operation.ts'
import { operation } from './operation.ts'
import { retryAfter } from './operation-location.ts'
import { operationResource } from './questions.ts'
import { viewOf } from './views.ts'

export const handler = operation({
  asks: async (call) => {
    const observed = await findOperation(call)
    return {
      questions: [{ action: 'get-operation', resource: operationResource(observed.operation) }],
      subject: observed,
    }
  },
  runs: async (_, recorded) => {
    const observed = await asItIsNow(recorded)
    return {
      status: 200,
      headers: hasEnded(observed.operation.status) ? {} : retryAfter,
      body: viewOf(observed),
    }
  },
})
