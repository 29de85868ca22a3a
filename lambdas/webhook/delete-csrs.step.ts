import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { certificates, installedModes } from '../steps/kubernetes-right.ts'
import { installed } from './desired/installed.ts'

export const description = describeStep({
  state: 'DeleteCsrs',
  does: "Deletes leftover certificate requests of the webhook's account.",
  input: z.object({
    target,
    /** Omitted if the webhook could not be installed or changed. */
    installed: z.optional(installed),
  }),
  output: z.object({}),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    {
      place: 'cluster',
      apiGroup: certificates,
      resources: ['certificatesigningrequests'],
      anyName: true,
      verbs: ['list', 'delete'],
      why: "The requests of the webhook's account that nobody waits for any more. Kubernetes generates their names.",
      modes: installedModes,
    },
  ],
})
