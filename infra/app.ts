import { App } from 'aws-cdk-lib'
import { builtPortal, productBundles } from './built.ts'
import { settingsOf } from './settings/settings-file.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
const settings = settingsOf(app)
const region = process.env.CDK_DEFAULT_REGION
new WorkloadIdentityStack(app, settings.name, {
  ...settings,
  // If the stack knows its region, it omits the AWS features that the region lacks: infra/host/china.ts.
  ...(region !== undefined && { env: { region } }),
  bundles: productBundles(),
  portalFiles: settings.portal && (await builtPortal()),
})
