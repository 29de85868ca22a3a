import * as z from 'zod/mini'
import type { StepError } from './step-errors.ts'

/** An error as the record keeps it and the API shows it: its name, the object, what happened and what to do. */
export const recordedError = z.object({
  name: z.string(),
  object: z.string(),
  reason: z.string(),
  action: z.string(),
})

export const operationError = z.extend(recordedError, {
  step: z.exactOptional(z.string().check(z.describe('The state that failed'))),
  item: z.exactOptional(z.string().check(z.describe('namespace/account of the workload that it failed for'))),
})

export type RecordedError = z.output<typeof recordedError>

export type OperationError = z.output<typeof operationError>

/** The error as an entry of the list of what remains. */
export function recorded({ name, object, reason, action }: StepError): RecordedError {
  return { name, object, reason, action }
}
