import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { installedModes, readReplicaSets } from '../steps/kubernetes-right.ts'
import { installed } from '../webhook/desired/installed.ts'
import { podGroup } from './pods.ts'

export const description = describeStep({
  state: 'FindUnmutatedPods',
  does: 'Finds the pods that run without the role of their account.',
  leavesAlone: 'Everything: it writes nothing.',
  input: z.object({
    target,
    installed,
  }),
  output: z.object({
    /** Grouped by namespace, account and controller. */
    unmutated: z.array(podGroup),
    /** Namespaces whose pods the credentials may not list. */
    unseen: z.array(z.string()),
  }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['serviceaccounts'],
      verbs: ['list'],
      why: 'Which accounts have a role.',
      modes: installedModes,
    },
    {
      place: 'workloads',
      apiGroup: '',
      resources: ['pods'],
      verbs: ['list'],
      why: 'Which pods run without their role.',
      optional: true,
      modes: installedModes,
    },
    { ...readReplicaSets, modes: installedModes },
  ],
})
