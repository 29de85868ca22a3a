import * as z from 'zod/mini'
import { itemOf } from '../ownership/ownership.ts'
import { workload } from '../spec/setup-request.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'CreateRole',
  does: 'Creates a role with the permissions boundary and the requested policies. Its trust policy allows exactly one service account.',
  leavesAlone: 'Policies that others attached: they are reported.',
  input: z.object({
    clusterName: z.string(),
    awsAccountId: z.optional(z.string()),
    workload,
    adopt: z.boolean(),
  }),
  output: z.object({ roleArn: z.string() }),
  condition: { type: 'RoleReady', role: 'establishes' },
  client: 'aws',
  claims: [{ kind: 'role', does: 'makes' }],
  timeoutSeconds: 60,
  table: ['ConditionCheckItem'],
  compared: {
    perWorkload: 'requested',
    objects: ({ known, workloads }, item) => {
      const role = workloads.find((each) => itemOf(each) === item)?.role.name
      return [known?.roleArns[item] ?? `IAM role ${role}`]
    },
  },
  settings: ['ACCOUNT_ID', 'PARTITION', 'DEPLOYMENT', 'ROLE_PATH', 'PERMISSIONS_BOUNDARY_ARN'],
  /** Detaching has no condition on the policy ARN: policies that the settings no longer allow must be removable. */
  aws: [
    { actions: ['iam:GetRole'], on: 'roles of any path' },
    { actions: ['iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'], on: 'workload roles' },
    { actions: ['iam:CreateRole'], on: 'workload roles', when: 'creating' },
    { actions: ['iam:TagRole'], on: 'workload roles', when: 'tagging' },
    {
      actions: ['iam:DeleteRolePolicy', 'iam:DetachRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      on: 'workload roles',
      when: 'bounded',
    },
    { actions: ['iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'], on: 'workload roles', when: 'trusted' },
    { actions: ['iam:AttachRolePolicy'], on: 'workload roles', when: 'allowed policy' },
  ],
})
