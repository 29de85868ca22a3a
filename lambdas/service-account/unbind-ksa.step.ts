import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { workloadFields } from '../spec/setup-request.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { readIssuer, readReplicaSets, removeVerbs } from '../steps/kubernetes-right.ts'
import { podGroup } from './pods.ts'

export const description = describeStep({
  state: 'UnbindKsa',
  does: 'Removes the role from the service account. Deletes account and namespace if a setup created them.',
  leavesAlone: 'Accounts in which others own a field; namespaces that are not empty.',
  input: z.object({
    target,
    workload: z.object(workloadFields),
    /** All accounts of the namespace that this teardown unbinds. */
    accounts: z.array(z.string()),
  }),
  output: z.object({
    remaining: z.array(recordedError),
    /** In a dry run: the pods that run with the account. */
    pods: z.exactOptional(z.array(podGroup)),
    /** In a dry run: whether the credentials may list pods. */
    podsSeen: z.exactOptional(z.boolean()),
  }),
  condition: { type: 'AccountBound', role: 'removes' },
  compared: { perWorkload: 'removed', objects: (_, item) => [`ServiceAccount ${item}`] },
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    readIssuer,
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['namespaces'],
      names: 'workload namespaces',
      verbs: ['get'],
      why: "Whether a setup has made the workload's namespace. Only who may list everything in it sees whether it is empty.",
    },
    {
      place: 'workloads',
      apiGroup: '',
      resources: ['serviceaccounts'],
      names: 'service accounts',
      verbs: [...removeVerbs, 'patch'],
      why: "The workload's account: deletes it when a setup has made it, and else takes the role from it.",
    },
    {
      place: 'workloads',
      apiGroup: '',
      resources: ['pods'],
      verbs: ['list'],
      why: 'Which pods would lose their role, for a dry run.',
      optional: true,
    },
    readReplicaSets,
  ],
})
