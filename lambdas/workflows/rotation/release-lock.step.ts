import * as z from 'zod/mini'
import { operationError } from '../../errors/recorded.ts'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'ReleaseLock',
  does: "Releases the cluster's lock, and records failures.",
  /** The error of the step that has failed for this cluster. Absent when no step has failed. */
  input: z.object({ error: z.optional(z.string()), cause: z.optional(z.string()) }),
  output: z.object({ failure: z.exactOptional(operationError) }),
  client: 'aws',
  timeoutSeconds: 30,
  table: ['DeleteItem', 'Query'],
})
