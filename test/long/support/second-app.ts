/** The product's stack under another name, which makes it another deployment. Its administrator is the sandbox's user. */
import { App } from 'aws-cdk-lib'
import { productBundles } from '../../../infra/kept-bundles.ts'
import { readSettings } from '../../../infra/settings.ts'
import { WorkloadIdentityStack } from '../../../infra/stack.ts'
import { account } from '../../../sandbox/account.ts'
import { SandboxSynthesizer } from '../../../sandbox/aws/synthesizer.ts'

const access = { grants: [{ name: 'local-user', role: 'administrator', to: [{ iam: { user: 'local-user' } }] }] }

const app = new App()
new WorkloadIdentityStack(app, 'Second', {
  ...readSettings(
    { ...app.node.getContext('workload-identity'), inlinePolicyActions: ['s3:*'], access },
    account.region,
  ),
  bundles: productBundles(),
  env: { account: account.id, region: account.region },
  synthesizer: new SandboxSynthesizer(),
})
