/** The failed states of a workflow that continues after failures. */
import * as z from 'zod/mini'
import type { OperationError } from '../errors/recorded.ts'
import { failureOf } from '../operations/reconcile/operation-end.ts'
import type { StepItem } from '../operations/record/record.ts'

/** A failed state, with the error and the cause that the workflow caught. */
export const caughtState = z.object({
  state: z.string(),
  item: z.optional(z.string()),
  error: z.string(),
  cause: z.optional(z.string()),
})

export type CaughtState = z.output<typeof caughtState>

/** The failure of the state, from the record of its step, or else from the cause. */
export function failureIn(
  { state, item, error, cause }: CaughtState,
  cluster: string,
  steps: readonly StepItem[],
): OperationError {
  const own = steps.filter((step) => step.state === state && step.item === item)
  const failure = failureOf({ error, cause }, cluster, own)
  return { ...failure, step: failure.step ?? state, ...(item !== undefined && { item }) }
}
