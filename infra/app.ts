import { App } from 'aws-cdk-lib'
import { builtPortal } from '../portal/build.ts'
import { productBundles } from './kept-bundles.ts'
import { settingsOf } from './settings-file.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
const settings = settingsOf(app)
new WorkloadIdentityStack(app, settings.name, {
  ...settings,
  bundles: productBundles(),
  portalFiles: settings.portal && (await builtPortal()),
})
