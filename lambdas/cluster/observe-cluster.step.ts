import * as z from 'zod/mini'
import { management } from '../spec/parts.ts'
import { describeStep } from '../steps/description.ts'
import { multicloud } from '../steps/kubernetes-right.ts'

export const description = describeStep({
  state: 'ObserveCluster',
  does: 'Reads whether the AWSCluster is gone: what was in it is gone then, too. A setup finds out by it whether the management cluster takes the credentials.',
  input: z.object({
    clusterName: z.string(),
    management,
    /** Whether the status gets what is found. A setup records only what CheckCluster has proved. */
    recorded: z._default(z.boolean(), true),
  }),
  output: z.object({ gone: z.boolean() }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsclusters'],
      names: 'cluster',
      verbs: ['get'],
      why: 'Whether the management cluster takes the credentials, and whether the cluster is there still: what was in one that is gone is gone.',
    },
  ],
})
