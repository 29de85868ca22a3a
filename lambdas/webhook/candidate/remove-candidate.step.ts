import * as z from 'zod/mini'
import { target } from '../../spec/target.ts'
import { describeStep } from '../../steps/description.ts'
import { installedModes, removeVerbs } from '../../steps/kubernetes-right.ts'
import { rightToReadConfiguration } from '../webhook-rights.ts'
import { candidateObjects } from './candidate-objects.ts'

export const description = describeStep({
  state: 'RemoveCandidate',
  does: 'Removes the candidate.',
  leavesAlone: 'A candidate that pods are sent to.',
  input: z.object({
    target,
  }),
  output: z.object({ removed: z.boolean() }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    rightToReadConfiguration,
    ...candidateObjects.map((objects) => ({
      ...objects,
      verbs: removeVerbs,
      why: 'Removes the candidate after it has failed, or after the webhook has been changed.',
      modes: installedModes,
    })),
  ],
})
