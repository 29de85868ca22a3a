/** The failures of a step on some of its objects, for example to remove them: one entry for each object. */
import * as z from 'zod/mini'
import { type OperationError, recordedError } from './recorded.ts'

export const withRemaining = z.object({ remaining: z._default(z.array(recordedError), []) })

/** The error of an operation with remaining objects: the first entry, in the order of the workflow. */
export function errorOfRemaining([first, ...rest]: readonly OperationError[]): OperationError | undefined {
  if (!first || rest.length === 0) return first
  return { ...first, reason: `${first.reason}; ${rest.length} more: see remaining in the result` }
}
