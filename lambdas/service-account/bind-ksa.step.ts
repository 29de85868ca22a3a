import * as z from 'zod/mini'
import { webhook, workload } from '../spec/setup-request.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { applyVerbs } from '../steps/kubernetes-right.ts'

export const description = describeStep({
  state: 'BindKsa',
  does: "Creates the namespace and the service account, and writes the role's annotation.",
  leavesAlone: 'Foreign annotations.',
  input: z.object({
    target,
    webhook,
    workload,
    roleArn: z.string(),
    adopt: z.boolean(),
    /** In a dry run: the fingerprint of the account that CheckCluster has observed. */
    seen: z.optional(z.string()),
  }),
  output: z.object({}),
  condition: { type: 'AccountBound', role: 'establishes' },
  client: 'kubernetes',
  timeoutSeconds: 60,
  compared: { perWorkload: 'requested', objects: (_, item) => [`ServiceAccount ${item}`] },
  kubernetes: [
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['namespaces'],
      names: 'workload namespaces',
      verbs: ['get'],
      why: "Whether the workload's namespace is there.",
    },
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['namespaces'],
      names: 'workload namespaces',
      verbs: ['create', 'patch'],
      why: 'Makes it when it is not.',
      onlyWholeCluster: true,
    },
    {
      place: 'workloads',
      apiGroup: '',
      resources: ['serviceaccounts'],
      names: 'service accounts',
      verbs: applyVerbs,
      why: "The workload's account, with the annotation of its role.",
    },
  ],
})
