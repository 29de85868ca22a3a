import { asItIsNow } from '../operations/reconcile.ts'
import { hasEnded } from '../operations/record.ts'
import { findOperation } from './find-operation.ts'
import { operation } from './operation.ts'
import { retryAfter } from './operation-location.ts'
import { viewOf } from './views.ts'

export const handler = operation(async (call) => {
  const observed = await asItIsNow(await findOperation(call))
  return {
    status: 200,
    headers: hasEnded(observed.operation.status) ? {} : retryAfter,
    body: viewOf(observed),
  }
})
