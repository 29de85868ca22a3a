import * as z from 'zod/mini'
import { webhook } from '../../spec/parts.ts'
import { target } from '../../spec/target.ts'
import { describeStep } from '../../steps/description.ts'
import { applyVerbs, installedModes } from '../../steps/kubernetes-right.ts'
import { installed, ownWebhook } from '../desired/installed.ts'
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
  kubernetes: candidateObjects.map((objects) => ({
    ...objects,
    verbs: applyVerbs,
    why: 'The new version, which is put up and tried out beside the one in use.',
    modes: installedModes,
  })),
})
