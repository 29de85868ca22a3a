import * as z from 'zod/mini'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'NarrowTrust',
  does: 'Takes the former issuer of a cluster that was moved to a hosted one out of the trust policies of its roles, once no token of it can be valid.',
  leavesAlone: 'Roles that are not ours, and trust policies that somebody has changed.',
  input: z.object({}),
  output: z.object({}),
  client: 'aws',
  claims: [{ kind: 'role', does: 'changes' }],
  timeoutSeconds: 120,
  table: ['Query'],
  settings: ['DEPLOYMENT'],
  aws: [
    { actions: ['iam:GetRole'], on: 'workload roles' },
    { actions: ['iam:UpdateAssumeRolePolicy'], on: 'workload roles', when: 'trusted' },
  ],
})
