import { App } from 'aws-cdk-lib'
import { builtPortal } from '../portal/build.ts'
import { productBundles } from './kept-bundles.ts'
import { namedFile, readSettings } from './settings-file.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
// CDK's command line sets the region: https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
const settings = readSettings({
  file: namedFile(app.node.tryGetContext('settings')),
  region: process.env.CDK_DEFAULT_REGION,
})
new WorkloadIdentityStack(app, settings.name, {
  ...settings,
  bundles: productBundles(),
  portalFiles: settings.portal && (await builtPortal()),
})
