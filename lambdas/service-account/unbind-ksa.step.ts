import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { workloadFields } from '../spec/parts.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { readIssuer, removeVerbs } from '../steps/kubernetes-right.ts'

export const description = describeStep({
  state: 'UnbindKsa',
  does: "Takes the role from the workload's service account; deletes account and namespace if a setup has made them.",
  leavesAlone: 'Accounts in which others own a field; namespaces that are not empty.',
  input: z.object({
    target,
    workload: z.object(workloadFields),
    /** All accounts of the namespace that this teardown unbinds. */
    accounts: z.array(z.string()),
  }),
  output: z.object({ remaining: z.array(recordedError) }),
  condition: { type: 'AccountBound', role: 'removes' },
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
  ],
})
