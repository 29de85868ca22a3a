import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'RecordRotation',
  does: 'Ends the rotation. It fails if any cluster failed.',
  /**
   * `count` is the number of failed clusters, and `failed` lists the first ten. `error` and `cause` are present when
   * the cluster's lock could not be released, or the execution of its batch has failed.
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
