import * as z from 'zod/mini'
import { webhook } from '../../spec/setup-request.ts'
import { target } from '../../spec/target.ts'
import { describeStep } from '../../steps/description.ts'
import { admission, applyVerbs, installedModes } from '../../steps/kubernetes-right.ts'
import { ownWebhook } from '../desired/installed.ts'
import { webhookName } from '../desired/names.ts'
import { rightToReadConfiguration } from '../webhook-rights.ts'
import { candidateObjects } from './candidate-objects.ts'

export const description = describeStep({
  state: 'DeployCandidate',
  does: 'Installs the new version of the webhook beside the current one.',
  leavesAlone: 'The current webhook.',
  input: z.object({
    target,
    webhook,
    adopt: z.boolean(),
  }),
  output: z.object({
    candidate: ownWebhook,
    /** The webhook to request for a rollback. Omitted if the previous webhook can no longer be installed. */
    previous: z.exactOptional(webhook),
  }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    rightToReadConfiguration,
    {
      place: 'cluster',
      apiGroup: admission,
      resources: ['mutatingwebhookconfigurations'],
      names: [webhookName],
      verbs: ['patch'],
      why: 'Adopts a manually created configuration.',
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: 'apps',
      resources: ['deployments'],
      names: [webhookName],
      verbs: ['get'],
      why: 'Reads the webhook in use, which the setup installs again if the new version fails.',
      modes: installedModes,
    },
    ...candidateObjects.map((objects) => ({
      ...objects,
      verbs: applyVerbs,
      why: 'Installs the new version, to test it beside the version in use.',
      modes: installedModes,
    })),
  ],
})
