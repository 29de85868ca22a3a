import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'RecordRotation',
  does: 'Ends the rotation; it fails when any cluster has failed.',
  /** The clusters that were not brought to their end, and why one could not even be given free. */
  input: z.object({
    failed: z.array(z.object({ cluster: z.string(), error: z.optional(z.string()), cause: z.optional(z.string()) })),
  }),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['UpdateItem'],
})
