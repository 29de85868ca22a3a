import * as z from 'zod/mini'
import { management } from '../spec/parts.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { multicloud } from '../steps/kubernetes-right.ts'
import { teardownNeeds } from '../steps/needs.ts'

export const description = describeStep({
  state: 'ObserveCluster',
  does: 'Reads whether the AWSCluster is gone: what was in it is gone then, too. A setup finds out by it whether the management cluster takes the credentials. Checks, before anything is made or removed, that the credentials have all rights for it.',
  input: z.object({
    clusterName: z.string(),
    /** Left out for a cluster without one, and by a teardown of single workloads. */
    management: z.optional(management),
    /** Whether the status gets what is found. A setup records only what CheckCluster has proved. */
    recorded: z._default(z.boolean(), true),
    /** What is made or deleted on the management cluster. Left out: nothing. */
    onManagement: z.optional(
      z.object({
        operation: z.enum(['setup', 'teardown']),
        applies: z.boolean(),
        nodePools: z.array(z.string()),
      }),
    ),
    target: z.optional(target),
    /** What a teardown removes from the cluster of `target`. Left out: no rights on it are checked. */
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
      why: 'Whether the management cluster takes the credentials, and whether the cluster is there still: what was in one that is gone is gone.',
    },
  ],
})
