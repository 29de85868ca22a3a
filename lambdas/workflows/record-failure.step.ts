import * as z from 'zod/mini'
import { operationError } from '../errors/recorded.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'RecordFailure',
  does: "Records what failed, in which step, on which object and what to do, and releases the cluster's lock.",
  /** The error and the cause that the workflow caught. The failed step has recorded the details itself, if it could. */
  input: z.object({ error: z.string(), cause: z.optional(z.string()) }),
  output: operationError,
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['DeleteItem', 'Query', 'UpdateItem'],
})
