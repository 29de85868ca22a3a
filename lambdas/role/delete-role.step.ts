import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { workloadFields } from '../spec/setup-request.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'DeleteRole',
  does: "Deletes the workload's roles, including those under former names.",
  leavesAlone: 'Foreign roles; adopted ones lose our changes, and stay.',
  input: z.object({
    clusterName: z.string(),
    workload: z.object(workloadFields),
    /** Whether to delete a role that we created although it has inline policies of other writers. */
    force: z.boolean(),
  }),
  output: z.object({ remaining: z.array(recordedError) }),
  condition: { type: 'RoleReady', role: 'removes' },
  compared: { perWorkload: 'removed' },
  client: 'aws',
  claims: [{ kind: 'role', does: 'deletes' }],
  timeoutSeconds: 60,
  deletesItems: ['claim of role'],
  settings: ['DEPLOYMENT'],
  aws: [
    { actions: ['iam:GetRole'], on: 'roles of any path' },
    { actions: ['iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'], on: 'workload roles' },
    {
      actions: ['iam:DeleteRole', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy'],
      on: 'workload roles',
      when: 'tagged',
    },
    { actions: ['iam:UntagRole'], on: 'workload roles', when: 'untagging' },
  ],
})
