import * as z from 'zod/mini'
import { displayName } from '../clouds/kubernetes/object.ts'
import { webhook } from '../spec/setup-request.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { removeVerbs } from '../steps/kubernetes-right.ts'
import { realConfigurationRef } from './desired/configuration.ts'
import { installed } from './desired/installed.ts'
import { webhookName } from './desired/names.ts'
import { installsWebhook } from './desired/objects.ts'
import {
  canaryObjects,
  rightsToReadRollout,
  rightsToTryServedAccount,
  rightToActivateWebhook,
  rightToReadAuthority,
  rightToReadExemption,
} from './webhook-rights.ts'

export const description = describeStep({
  state: 'ActivateWebhook',
  does: 'Writes the webhook configuration.',
  input: z.object({
    target,
    installed,
    failurePolicy: webhook.shape.failurePolicy,
    adopt: z.boolean(),
  }),
  output: z.object({}),
  condition: { type: 'WebhookReady', role: 'establishes' },
  client: 'kubernetes',
  timeoutSeconds: 60,
  compared: { when: installsWebhook, objects: () => [displayName(realConfigurationRef)] },
  kubernetes: [
    rightToReadExemption,
    rightToReadAuthority,
    rightToActivateWebhook,
    ...rightsToReadRollout(webhookName),
    ...rightsToTryServedAccount,
    ...canaryObjects.map((objects) => ({
      ...objects,
      verbs: removeVerbs,
      why: 'Removes the canary after the test of the webhook.',
    })),
  ],
})
