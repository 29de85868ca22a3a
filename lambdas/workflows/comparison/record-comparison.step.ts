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
  does: 'Ends a plan or a drift; its report is made from what the steps have recorded. For a scheduled drift, it also records the findings for the notification.',
  /** `scheduled` is absent unless the schedule has started the drift. */
  input: z.object({ failures: z.array(failure), scheduled: z.optional(z.literal(true)) }),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['Query', 'UpdateItem'],
})
