import * as z from 'zod/mini'
import { webhook } from '../../spec/parts.ts'
import { target } from '../../spec/target.ts'
import { describeStep } from '../../steps/description.ts'
import { admission, applyVerbs, installedModes } from '../../steps/kubernetes-right.ts'
import { installed, ownWebhook } from '../desired/installed.ts'
import { webhookName } from '../desired/names.ts'
import { readConfiguration, readExemption } from '../webhook-rights.ts'
import { candidateObjects } from './candidate-objects.ts'

export const description = describeStep({
  state: 'DeployCandidate',
  does: 'Puts the new version of the webhook up beside the one in use, where only its canary is sent to it.',
  leavesAlone: 'The webhook in use.',
  input: z.object({
    target,
    /** Without a namespace, the upgrade takes the one that the configuration in the cluster names. */
    webhook: z.extend(webhook, { namespace: z.optional(z.string()) }),
    /** The webhook that the record has. */
    installed: z.optional(installed),
    adopt: z.boolean(),
  }),
  output: z.object({
    /**
     * Whether a trial is needed. False when the requested webhook is already in use, or pods are already sent to a
     * candidate.
     */
    trial: z.boolean(),
    /** Whether an earlier upgrade has left pods with the candidate. */
    switched: z.boolean(),
    candidate: ownWebhook,
    /** The requested webhook, with its namespace. */
    webhook,
    /** The webhook to request for a return to the previous one. Left out when that cannot be installed any more. */
    previous: z.exactOptional(webhook),
  }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    readConfiguration,
    {
      place: 'cluster',
      apiGroup: admission,
      resources: ['mutatingwebhookconfigurations'],
      names: [webhookName],
      verbs: ['patch'],
      why: 'Adopts a configuration that was made by hand.',
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: 'apps',
      resources: ['deployments'],
      names: [webhookName],
      verbs: ['get', 'patch'],
      why: 'The webhook in use. A dry run shows whether the new version differs from it.',
      modes: installedModes,
    },
    readExemption,
    ...candidateObjects.map((objects) => ({
      ...objects,
      verbs: applyVerbs,
      why: 'The new version, which is put up and tried out beside the one in use.',
      modes: installedModes,
    })),
  ],
})
