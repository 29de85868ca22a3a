/** What a step of a teardown could not take away, one entry for each object. */
import * as z from 'zod/mini'
import { StepError } from '../errors.ts'
import { type RecordedError, recordedError } from './record.ts'

/** In the outputs of steps that have more than one object to take away. */
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

function recorded({ name, object, reason, action }: StepError): RecordedError {
  return { name, object, reason, action }
}
