import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { applyVerbs, installedModes } from '../steps/kubernetes-right.ts'
import { installed } from './desired/installed.ts'
import { webhookName } from './desired/names.ts'
import { installsWebhook } from './desired/objects.ts'
import {
  canaryObjects,
  rightsToReadRollout,
  rightsToTryServedAccount,
  rightToReadAuthority,
  rightToReadConfiguration,
  rightToTryCanary,
} from './webhook-rights.ts'

export const description = describeStep({
  state: 'CheckWebhook',
  does: 'Waits until the webhook is ready and has mutated a canary pod.',
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
    action: 'Fix what the reason names (kubectl describe shows details), and send the request again',
  },
  compared: { when: installsWebhook },
  kubernetes: [
    rightToReadConfiguration,
    rightToReadAuthority,
    ...rightsToReadRollout(webhookName),
    ...rightsToTryServedAccount,
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['namespaces'],
      names: 'webhook namespace',
      verbs: ['get'],
      why: 'Whether the namespace of the canary exists. Only then can a dry run check the creation of the canary.',
      modes: installedModes,
    },
    ...canaryObjects.map((objects) => ({ ...objects, verbs: applyVerbs })),
    rightToTryCanary,
  ],
})
