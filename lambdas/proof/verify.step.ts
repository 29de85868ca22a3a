import * as z from 'zod/mini'
import { workload } from '../spec/setup-request.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { installed } from '../webhook/desired/installed.ts'
import { rightToTryWorkload } from '../webhook/webhook-rights.ts'
import { proof } from './proof.ts'

export const description = describeStep({
  state: 'Verify',
  does: "Makes the proof: STS accepts the workload's token for its role, and refuses other tokens.",
  leavesAlone: 'Everything.',
  input: z.object({
    target,
    roleArn: z.string(),
    workload,
    installed,
    /** The time of STS's last refusals for this role. If set, the step does not try the other tokens again. */
    refusedAt: z.optional(z.string()),
    /** Whether a setup has ended long ago, so that all its changes have propagated. */
    settled: z._default(z.boolean(), false),
  }),
  output: proof,
  condition: { type: 'Verified', role: 'establishes' },
  client: 'kubernetes',
  timeoutSeconds: 120,
  aws: [{ actions: ['iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'], on: 'workload roles' }],
  kubernetes: [
    {
      place: 'workloads',
      apiGroup: '',
      resources: ['serviceaccounts/token'],
      names: 'service accounts',
      verbs: ['create'],
      why: "A token of the workload: it has to be exchanged for the role's session.",
    },
    {
      place: 'other accounts',
      apiGroup: '',
      resources: ['serviceaccounts/token'],
      names: 'other accounts',
      verbs: ['create'],
      why: 'A token of another account: it has to be refused.',
    },
    { ...rightToTryWorkload, modes: ['own-ca', 'csr', 'managed'] },
    {
      place: 'workloads',
      apiGroup: '',
      resources: ['serviceaccounts'],
      names: 'service accounts',
      verbs: ['get'],
      why: 'Why its pods do not get the role: has somebody changed its annotation?',
      optional: true,
      modes: ['own-ca', 'csr', 'managed'],
    },
  ],
})
