import * as z from 'zod/mini'
import type { StepError } from './step-errors.ts'

/** An error in the record and in the API: its name, the object, what happened and what to do. */
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

export function recorded({ name, object, reason, action }: StepError): RecordedError {
  return { name, object, reason, action }
}
