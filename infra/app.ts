import { App } from 'aws-cdk-lib'
import { builtPortal } from '../portal/build.ts'
import { productBundles } from './kept-bundles.ts'
import { deploymentStack } from './member-names.ts'
import { readSettings } from './settings.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
// CDK's command line sets the region: https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
const settings = readSettings(app.node.getContext('workload-identity'), process.env.CDK_DEFAULT_REGION)
new WorkloadIdentityStack(app, deploymentStack, {
  ...settings,
  bundles: productBundles(),
  portalFiles: settings.portal && (await builtPortal()),
})
