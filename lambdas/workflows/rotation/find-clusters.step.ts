import * as z from 'zod/mini'
import { lastRunAttributes } from '../../operations/record/record.ts'
import { describeStep } from '../../steps/description.ts'
import { placeInRun } from './rotation.ts'

export const description = describeStep({
  state: 'FindClusters',
  does: 'Finds the clusters of a rotation or of scheduled drifts.',
  /** `place` is the `next` of an earlier call. */
  input: z.object({ oldestBy: z.enum(lastRunAttributes), place: z.optional(placeInRun) }),
  /** `next` is present when more clusters exist. */
  output: z.object({
    batches: z.array(z.object({ from: z.number(), clusters: z.array(z.string()) })),
    next: z.exactOptional(placeInRun),
  }),
  client: 'aws',
  timeoutSeconds: 30,
  withoutOperation: true,
  indexes: ['by-list'],
})
