import * as z from 'zod/mini'
import { management } from '../spec/parts.ts'
import { describeStep } from '../steps/description.ts'
import { multicloud } from '../steps/kubernetes-right.ts'

export const description = describeStep({
  state: 'ObserveCluster',
  does: 'Looks whether the AWSCluster is gone: what was in it is gone then, too.',
  input: z.object({
    clusterName: z.string(),
    management,
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
      why: 'Whether the cluster is there still: what was in one that is gone is gone.',
    },
  ],
})
