import type { NamedCommand } from './command.ts'

/** The commands for operators of a deployment, by name. */
export const deploymentCommands = {
  access: { file: 'docs/generate/print-access.ts', does: 'prints what each role may do' },
  acceptance: {
    file: 'test/acceptance/main.ts',
    does: 'tests the product in an AWS account, and then deletes what the test created: docs/deploy.md',
  },
  cost: { file: 'infra/cost/print-cost.ts', does: 'prints what a deployment costs in a month: docs/deployment.md' },
  'member-template': {
    file: 'infra/member/print-member-template.ts',
    does: 'prints the CloudFormation template of a member account: docs/deployment.md',
  },
  recover: { file: 'infra/recovery/main.ts', does: 'writes the record again after a loss: docs/recovery.md' },
  rights: {
    file: 'infra/rbac/print-rights.ts',
    does: 'prints the Kubernetes rights for every request: docs/permissions.md',
  },
  versions: {
    file: 'infra/versions/main.ts',
    does: 'lists and deletes versions of functions that nothing calls: docs/deployment.md',
  },
} as const satisfies Readonly<Record<string, NamedCommand>>
