import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { management } from '../spec/setup-request.ts'
import { describeStep } from '../steps/description.ts'
import { multicloud, removeVerbs } from '../steps/kubernetes-right.ts'

export const description = describeStep({
  state: 'DeleteCluster',
  does: 'Deletes node pools and cluster, if the request has deleteCluster.',
  leavesAlone: 'Foreign objects; without deleteCluster everything.',
  input: z.object({
    clusterName: z.string(),
    management,
    /** When false, nothing is deleted. Adopted objects lose our ownership labels. */
    deleteCluster: z.boolean(),
  }),
  output: z.object({
    /** Whether the cluster no longer exists. In a dry run, whether it would no longer exist. */
    gone: z.boolean(),
    /** The reason why it is unknown whether the cluster is gone. */
    remaining: z.exactOptional(z.array(recordedError)),
  }),
  condition: { type: 'ClusterReady', role: 'removes' },
  client: 'kubernetes',
  claims: [{ kind: 'management-object', does: 'deletes' }],
  timeoutSeconds: 60,
  notReady: {
    error: 'ClusterNotGone',
    what: 'the cluster was not gone',
    action: 'See on the management cluster with kubectl describe what keeps it, and send the request again',
  },
  kubernetes: [
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsclusters'],
      names: 'cluster',
      verbs: removeVerbs,
      why: 'Deletes it with deleteCluster, and waits until it is gone.',
    },
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsclusters'],
      names: 'cluster',
      verbs: ['patch'],
      why: 'Takes our labels from an adopted cluster.',
      when: ({ management }) => management?.applies === true,
    },
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsnodepools'],
      verbs: ['list'],
      why: 'Which node pools are of the cluster: their names do not tell.',
    },
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsnodepools'],
      names: 'node pools',
      verbs: removeVerbs,
      why: 'Deletes them with deleteCluster, before the cluster.',
    },
    {
      place: 'management',
      apiGroup: multicloud,
      resources: ['awsnodepools'],
      names: 'node pools',
      verbs: ['patch'],
      why: 'Takes our labels from adopted node pools.',
    },
  ],
})
