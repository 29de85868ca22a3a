import * as z from 'zod/mini'
import { target } from '../../spec/target.ts'
import { describeStep } from '../../steps/description.ts'
import { installedModes } from '../../steps/kubernetes-right.ts'
import { candidateName, secretNameOf } from '../desired/names.ts'
import { rightToActivateWebhook, rightToReadAuthority } from '../webhook-rights.ts'

export const description = describeStep({
  state: 'SwitchToCandidate',
  does: 'Sends pods to the new version, in one write.',
  input: z.object({
    target,
    candidate: z.object({ namespace: z.string() }),
    adopt: z.boolean(),
  }),
  output: z.object({}),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    { ...rightToReadAuthority, names: [secretNameOf(candidateName)], modes: installedModes },
    rightToActivateWebhook,
  ],
})
