import * as z from 'zod/mini'
import { recordedError } from '../../errors/recorded.ts'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'RecordUpgrade',
  does: "Ends the upgrade, and releases the cluster's lock.",
  /** Controllers that were to be restarted and could not be restarted. */
  input: z.object({ remaining: z.array(recordedError) }),
  output: z.union([
    z.object({ restarted: z.literal(true) }),
    /** The error and the cause with which the workflow fails. */
    z.object({ restarted: z.literal(false), error: z.string(), cause: z.string() }),
  ]),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['BatchGetItem', 'DeleteItem', 'UpdateItem'],
})
