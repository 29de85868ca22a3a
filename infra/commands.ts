/** `npm run deployment -- COMMAND`: the commands for operators of a deployment. */
import { runNamed } from './command.ts'

await runNamed('deployment', {
  access: { file: 'docs/generate/print-access.ts', does: 'prints what each role may do' },
  acceptance: {
    file: 'test/acceptance/main.ts',
    does: 'tries the product on a real account, and removes all of it again: docs/deploy.md',
  },
  cost: { file: 'infra/cost/print-cost.ts', does: 'prints what a deployment costs in a month: docs/deployment.md' },
  'member-template': {
    file: 'infra/member/print-member-template.ts',
    does: 'prints the CloudFormation template of a member account: docs/deployment.md',
  },
  'pack-wid': { file: 'cli/pack.ts', does: 'makes the npm package of the command wid, in this folder: docs/cli.md' },
  recover: { file: 'infra/recovery/main.ts', does: 'writes the record again after a loss: docs/recovery.md' },
  rights: {
    file: 'infra/rbac/print-rights.ts',
    does: 'prints the Kubernetes rights for every request: docs/permissions.md',
  },
  sbom: { file: 'infra/packages/print-sbom.ts', does: 'prints the CycloneDX bill of materials, with licences' },
  versions: {
    file: 'infra/versions/main.ts',
    does: 'lists and deletes versions of functions that nothing calls: docs/deployment.md',
  },
})
