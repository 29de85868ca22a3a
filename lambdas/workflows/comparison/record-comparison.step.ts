import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'
import { driftResult } from './drift.ts'

export const failure = z.object({
  state: z.string(),
  item: z.optional(z.string()),
  error: z.string(),
  /** The beginning of the cause. */
  cause: z.string(),
})

export const description = describeStep({
  state: 'RecordComparison',
  does: 'Ends a plan or a drift; its report is made from what the steps have recorded. Of a scheduled drift it says whether subscribers are notified.',
  /** `scheduled` is left out unless the schedule has started the drift. */
  input: z.object({ failures: z.array(failure), scheduled: z.optional(z.literal(true)) }),
  /** `found` is left out when subscribers are not notified. */
  output: z.object({ found: z.exactOptional(driftResult.shape.summary) }),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['Query', 'UpdateItem'],
})
