import * as z from 'zod/mini'
import { target } from '../../spec/target.ts'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'SwitchToCandidate',
  does: 'Sends the pods of the cluster to the new version, in one write.',
  input: z.object({
    target,
    candidate: z.object({ namespace: z.string() }),
    adopt: z.boolean(),
  }),
  output: z.object({}),
  client: 'kubernetes',
  timeoutSeconds: 60,
  /** Empty: ActivateWebhook already lists the same rights. */
  kubernetes: [],
})
