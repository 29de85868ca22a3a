import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'FindClusters',
  does: 'Finds the clusters of a rotation, and those to compare.',
  /** The last cluster, by name, of those that an earlier call has found. */
  input: z.object({ after: z.optional(z.string()) }),
  /** `next` is given when there are more. */
  output: z.object({
    batches: z.array(z.object({ from: z.number(), clusters: z.array(z.string()) })),
    next: z.exactOptional(z.string()),
  }),
  client: 'aws',
  timeoutSeconds: 30,
  withoutOperation: true,
  indexes: ['by-list'],
})
