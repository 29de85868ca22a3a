import * as z from 'zod/mini'
import { displayName, refOf } from '../clouds/kubernetes/object.ts'
import { management, nodePool } from '../spec/setup-request.ts'
import { describeStep } from '../steps/description.ts'
import { applyVerbs, multicloud } from '../steps/kubernetes-right.ts'
import { awsClusterRef, awsNodePool } from './aws-cluster.ts'

export const description = describeStep({
  state: 'ApplyCluster',
  does: 'Applies AWSCluster and AWSNodePools on the management cluster, after a dry run.',
  leavesAlone: 'Fields of other managers; node pools that the request omits.',
  input: z.object({
    clusterName: z.string(),
    management,
    spec: z.record(z.string(), z.unknown()),
    nodePools: z.array(nodePool),
    bucket: z.optional(z.string()),
    adopt: z.boolean(),
  }),
  output: z.object({}),
  condition: { type: 'ClusterReady', role: 'contributes' },
  client: 'kubernetes',
  claims: [{ kind: 'management-object', does: 'makes' }],
  timeoutSeconds: 60,
  table: ['ConditionCheckItem'],
  compared: {
    when: ({ cluster }) => cluster.spec !== undefined,
    objects: ({ cluster }) => {
      const place = { name: cluster.name, namespace: cluster.management?.namespace ?? 'default' }
      const pools = (cluster.nodePools ?? []).map((pool) => displayName(refOf(awsNodePool(place, pool))))
      return [displayName(awsClusterRef(place.name, place.namespace)), ...pools]
    },
  },
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
