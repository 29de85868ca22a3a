import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { installedModes } from '../steps/kubernetes-right.ts'
import { podGroup } from './pods.ts'

export const description = describeStep({
  state: 'RestartControllers',
  does: 'Restarts the controllers of these pods, when the request says so.',
  leavesAlone: 'Pods alone and those of Jobs.',
  input: z.object({
    target,
    unmutated: z.array(podGroup),
    /** ISO 8601. It stays the same when the step is retried, so that nothing is restarted twice. */
    at: z.string(),
  }),
  output: z.object({ remaining: z.array(recordedError) }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    {
      place: 'workloads',
      apiGroup: 'apps',
      resources: ['deployments', 'statefulsets', 'daemonsets'],
      anyName: true,
      verbs: ['patch'],
      why: 'Restarts them with restart: true; without it, this can be left out.',
      modes: installedModes,
    },
  ],
})
