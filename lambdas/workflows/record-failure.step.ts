import * as z from 'zod/mini'
import { operationError } from '../errors/recorded.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'RecordFailure',
  does: "Records what failed, in which step, on which object and what to do, and releases the cluster's lock.",
  /** What the workflow caught; what is worth knowing of it, the failed step has recorded itself if it could. */
  input: z.object({ error: z.string(), cause: z.optional(z.string()) }),
  output: operationError,
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['DeleteItem', 'Query', 'UpdateItem'],
})
