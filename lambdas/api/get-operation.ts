import { viewOf } from '../domain/operation-view.ts'
import { hasEnded } from '../domain/record.ts'
import { operation } from '../middleware/operation.ts'
import { findOperation } from './find-operation.ts'
import { retryAfter } from './operation-location.ts'

export const handler = operation(async (call) => {
  const found = await findOperation(call)
  return {
    status: 200,
    headers: hasEnded(found.operation.status) ? {} : retryAfter,
    body: viewOf(found),
  }
})
