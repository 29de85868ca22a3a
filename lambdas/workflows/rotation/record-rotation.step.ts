import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'RecordRotation',
  does: 'Ends the rotation; it fails when any cluster has failed.',
  /**
   * How many clusters have failed, and the first of them. `error` and `cause` are given when even the cluster's lock could not be released, or
   * when the execution of its batch has failed.
   */
  input: z.object({
    count: z.number(),
    failed: z.array(z.object({ cluster: z.string(), error: z.optional(z.string()), cause: z.optional(z.string()) })),
  }),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['UpdateItem'],
})
