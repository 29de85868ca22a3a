import * as z from 'zod/mini'
import { management } from '../spec/setup-request.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { multicloud } from '../steps/kubernetes-right.ts'
import { teardownNeeds } from '../steps/needs.ts'

export const description = describeStep({
  state: 'ObserveCluster',
  does: 'Checks the credentials of the management cluster and their rights, before anything changes.',
  input: z.object({
    clusterName: z.string(),
    /** Omitted for a cluster without a management cluster, and by a teardown of single workloads. */
    management: z.optional(management),
    /**
     * Whether the step records the observed facts. In a setup, CheckCluster records facts, after it has proved them.
     */
    recorded: z._default(z.boolean(), true),
    /** The writes on the management cluster, whose rights are checked. Omitted if nothing is written there. */
    onManagement: z.optional(
      z.object({
        operation: z.enum(['setup', 'teardown']),
        applies: z.boolean(),
        nodePools: z.array(z.string()),
      }),
    ),
    target: z.optional(target),
    /** The objects that a teardown removes from the cluster of `target`. If omitted, no rights in it are checked. */
    needs: z.optional(teardownNeeds),
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
      why: 'Whether the management cluster accepts the credentials, and whether the cluster still exists. The objects in a deleted cluster need no removal.',
    },
  ],
})
