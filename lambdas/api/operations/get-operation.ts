import Negotiator from 'negotiator'
import { hasEnded } from '../../operations/record/record.ts'
import { operationResource } from '../access/checks.ts'
import { type ApiCall, operation } from '../operation.ts'
import { withStepsOfAnother } from '../starts/brought-about.ts'
import { findOperation } from './find-operation.ts'
import { retryAfter } from './operation-location.ts'
import { operationText } from './operation-text.ts'
import { viewOf } from './views.ts'

export const handler = operation({
  authorizes: async (call) => {
    const observed = await findOperation(call)
    return {
      checks: [{ action: 'get-operation', resource: operationResource(observed.operation) }],
      input: observed,
    }
  },
  runs: async (call, recorded) => {
    const observed = await withStepsOfAnother(recorded)
    const view = viewOf(observed)
    const headers = { vary: 'Accept', ...(!hasEnded(observed.operation.status) && retryAfter) }
    if (!prefersText(call)) return { status: 200, headers, body: view }
    return { status: 200, headers, text: operationText(view), mediaType: 'text/plain; charset=utf-8' }
  },
})

/** Returns JSON when the client accepts both types, or neither. */
function prefersText({ headers }: ApiCall): boolean {
  return new Negotiator({ headers }).mediaType(['application/json', 'text/plain']) === 'text/plain'
}
