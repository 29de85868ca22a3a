import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { admission, applyVerbs, installedModes } from '../steps/kubernetes-right.ts'
import { installed } from './desired/installed.ts'
import { canaryName } from './desired/names.ts'
import { installsWebhook } from './desired/objects.ts'

export const description = describeStep({
  state: 'CheckWebhook',
  does: 'Checks that the webhook is ready. The API server itself sends a canary pod through it, as a dry run.',
  input: z.object({
    target,
    installed,
  }),
  output: z.object({}),
  condition: { type: 'WebhookReady', role: 'contributes' },
  client: 'kubernetes',
  timeoutSeconds: 60,
  notReady: {
    error: 'WebhookNotReady',
    what: 'the webhook was not ready',
    action: 'Fix what the reason names (kubectl describe shows more of it), and send the request again',
  },
  compared: { when: installsWebhook },
  kubernetes: [
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['pods', 'events'],
      verbs: ['list'],
      why: 'Shows why the webhook is not ready.',
      informational: true,
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
