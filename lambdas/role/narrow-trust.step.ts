import * as z from 'zod/mini'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'NarrowTrust',
  does: 'Removes the former issuer of a moved cluster from the trust policies.',
  leavesAlone: 'Statements of trust policies that the setup did not write.',
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
