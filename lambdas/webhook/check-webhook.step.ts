import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { admission, applyVerbs, installedModes } from '../steps/kubernetes-right.ts'
import { installed } from './desired/installed.ts'
import { canaryName } from './desired/names.ts'

export const description = describeStep({
  state: 'CheckWebhook',
  does: 'Waits until the webhook is ready, and tries it by a canary that the API server itself sends through it.',
  input: z.object({
    target,
    installed,
  }),
  output: z.object({}),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['pods', 'events'],
      verbs: ['list'],
      why: 'Shows why the webhook is not ready.',
      onlyTells: true,
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['serviceaccounts'],
      names: [canaryName],
      verbs: applyVerbs,
      why: 'The account of the canary, by which the webhook is tried out before pods are sent to it.',
      modes: installedModes,
    },
    {
      place: 'cluster',
      apiGroup: admission,
      resources: ['mutatingwebhookconfigurations'],
      names: [canaryName],
      verbs: applyVerbs,
      why: "The canary's configuration.",
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['pods'],
      verbs: ['create'],
      why: 'The canary, in a dry run only, which RBAC cannot tell from a pod that stays.',
      modes: installedModes,
    },
  ],
})
