import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const failure = z.object({
  state: z.string(),
  item: z.optional(z.string()),
  error: z.string(),
  /** The beginning of the cause. */
  cause: z.string(),
})

export const description = describeStep({
  state: 'RecordComparison',
  does: 'Ends a plan or a drift; its report is made from what the steps have recorded.',
  input: z.object({ failures: z.array(failure) }),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['Query', 'UpdateItem'],
})
