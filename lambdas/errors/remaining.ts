/** What a step could not do to some of its objects, such as take them away: one entry for each. */
import * as z from 'zod/mini'
import { type OperationError, recordedError } from './recorded.ts'

/** In the outputs of such steps. */
export const withLeft = z.object({ left: z._default(z.array(recordedError), []) })

/** How an operation with something left fails: by the first of it, in the order of the workflow. */
export function errorOfLeft([first, ...rest]: readonly OperationError[]): OperationError | undefined {
  if (!first || rest.length === 0) return first
  return { ...first, reason: `${first.reason}; ${rest.length} more: see left in the result` }
}
