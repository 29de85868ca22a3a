import * as z from 'zod/mini'
import { requestParts } from '../spec/parts.ts'
import { describeStep } from '../steps/description.ts'
import { applyVerbs, multicloud } from '../steps/kubernetes-right.ts'

export const description = describeStep({
  state: 'ApplyCluster',
  does: 'Applies AWSCluster and AWSNodePools on the management cluster, by server-side apply, dry run first.',
  leavesAlone: 'Fields of other managers; node pools that are not in the request.',
  input: z.object({
    clusterName: z.string(),
    management: requestParts.management,
    spec: z.record(z.string(), z.unknown()),
    nodePools: z.array(requestParts.nodePool),
    bucket: z.optional(z.string()),
    adopt: z.boolean(),
  }),
  output: z.object({}),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsclusters'],
      names: 'cluster',
      verbs: applyVerbs,
      why: "The cluster of the request's spec.",
      when: ({ management }) => management?.applies === true,
    },
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsnodepools'],
      names: 'node pools',
      verbs: applyVerbs,
      why: 'Its node pools.',
    },
  ],
})
