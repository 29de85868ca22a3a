import * as z from 'zod/mini'
import { displayName } from '../clouds/kubernetes/object.ts'
import { webhook } from '../spec/parts.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { admission, installedModes } from '../steps/kubernetes-right.ts'
import { realConfigurationRef } from './desired/configuration.ts'
import { installed } from './desired/installed.ts'
import { canaryName, webhookName } from './desired/names.ts'
import { installsWebhook } from './desired/objects.ts'

export const description = describeStep({
  state: 'ActivateWebhook',
  does: 'Writes the real webhook configuration, once the canary was mutated.',
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
    {
      place: 'cluster',
      apiGroup: admission,
      resources: ['mutatingwebhookconfigurations'],
      names: [webhookName],
      verbs: ['create', 'patch'],
      why: 'Sends new pods to the webhook.',
      modes: installedModes,
    },
    {
      place: 'cluster',
      apiGroup: admission,
      resources: ['mutatingwebhookconfigurations'],
      names: [canaryName],
      verbs: ['delete'],
      why: 'The canary has done its work.',
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['serviceaccounts'],
      names: [canaryName],
      verbs: ['delete'],
      why: 'The canary has done its work.',
      modes: installedModes,
    },
  ],
})
