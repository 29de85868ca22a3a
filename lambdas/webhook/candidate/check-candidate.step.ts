import * as z from 'zod/mini'
import { target } from '../../spec/target.ts'
import { describeStep } from '../../steps/description.ts'
import { candidateName } from '../desired/names.ts'
import { rightsToReadRollout, rightToTryCanary } from '../webhook-rights.ts'

export const description = describeStep({
  state: 'CheckCandidate',
  does: 'Waits until the new version is ready, and tests it with a canary.',
  leavesAlone: 'Everything.',
  input: z.object({
    target,
    candidate: z.object({ namespace: z.string(), replicas: z.number() }),
  }),
  output: z.object({}),
  client: 'kubernetes',
  timeoutSeconds: 60,
  notReady: {
    error: 'CandidateNotReady',
    what: 'the new version of the webhook was not ready',
    action:
      'Fix what the reason names (kubectl describe shows details), and send the request again; pods are still sent to the version in use',
  },
  kubernetes: [rightToTryCanary, ...rightsToReadRollout(candidateName)],
})
