/** What a step could not do to some of its objects, such as take them away: one entry for each. */
import * as z from 'zod/mini'
import { type OperationError, type RecordedError, recordedError } from '../operations/record.ts'
import { StepError } from './step-errors.ts'

/** In the outputs of such steps. */
export const withLeft = z.object({ left: z._default(z.array(recordedError), []) })

export interface Attempted<Result> {
  readonly done: readonly Result[]
  readonly left: readonly RecordedError[]
}

/**
 * Waits for all of the attempts: what one fails for keeps none of the others from being made. Throws what may pass, or is a
 * defect, when all are over.
 */
export async function attemptAll<Result>(attempts: readonly Promise<Result>[]): Promise<Attempted<Result>> {
  const settled = await Promise.allSettled(attempts)
  const failures = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  const lasting = failures.filter((error) => error instanceof StepError && !error.transient)
  const passing = failures.filter((error) => !lasting.includes(error))
  if (passing.length > 0) throw passing[0]
  return {
    done: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    left: lasting.filter((error) => error instanceof StepError).map(recorded),
  }
}

/** How an operation with something left fails: by the first of it, in the order of the workflow. */
export function errorOfLeft([first, ...rest]: readonly OperationError[]): OperationError | undefined {
  if (!first || rest.length === 0) return first
  return { ...first, reason: `${first.reason}; ${rest.length} more: see left in the result` }
}

/** The error as an entry of what is left. */
export function recorded({ name, object, reason, action }: StepError): RecordedError {
  return { name, object, reason, action }
}
