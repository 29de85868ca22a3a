import { App } from 'aws-cdk-lib'
import { productBundles } from './kept-bundles.ts'
import { deploymentStack } from './member-names.ts'
import { readSettings } from './settings.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
new WorkloadIdentityStack(app, deploymentStack, {
  // CDK's command line sets it: https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
  ...readSettings(app.node.getContext('workload-identity'), process.env.CDK_DEFAULT_REGION),
  bundles: productBundles(),
})
