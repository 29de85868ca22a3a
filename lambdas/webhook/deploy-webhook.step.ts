import * as z from 'zod/mini'
import { webhook } from '../spec/setup-request.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { applyVerbs, installedModes, rbac } from '../steps/kubernetes-right.ts'
import { notInstalled, ownWebhook } from './desired/installed.ts'
import { webhookName } from './desired/names.ts'
import { installsWebhook, webhookObjects } from './desired/objects.ts'
import {
  installedObjects,
  rightsGrantedToWebhook,
  rightToChangeTrust,
  rightToReadConfiguration,
  rightToReadExemption,
} from './webhook-rights.ts'

const deployed = z.discriminatedUnion('mode', [
  z.extend(ownWebhook, {
    /** Set if nothing was written, because the requested webhook has to be tested as a candidate first. */
    trial: z.exactOptional(z.literal(true)),
    /** Set if a candidate may exist beside the webhook. */
    beside: z.exactOptional(z.literal(true)),
  }),
  notInstalled,
])

export type Deployed = z.output<typeof deployed>

export const description = describeStep({
  state: 'DeployWebhook',
  does: 'Installs the pod identity webhook: certificate, RBAC, and a Deployment with two replicas.',
  leavesAlone: 'Foreign objects.',
  input: z.object({
    target,
    webhook,
    adopt: z.boolean(),
  }),
  output: deployed,
  condition: { type: 'WebhookReady', role: 'contributes' },
  client: 'kubernetes',
  timeoutSeconds: 120,
  compared: { when: installsWebhook, objects: webhookObjects },
  kubernetes: [
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['namespaces'],
      names: 'webhook namespace',
      verbs: ['get', 'patch'],
      why: "The label of the webhook's namespace, by which the configuration excludes the webhook's pods.",
      modes: installedModes,
    },
    rightToReadExemption,
    ...rightsGrantedToWebhook,
    rightToReadConfiguration,
    rightToChangeTrust,
    ...installedObjects.map((objects) => ({ ...objects, verbs: applyVerbs })),
    {
      place: 'webhook',
      apiGroup: rbac,
      resources: ['roles'],
      names: [webhookName],
      verbs: ['get'],
      why: 'Whether the Role of an earlier webhook in csr mode still exists.',
      modes: ['own-ca'],
    },
  ],
})
