import { App } from 'aws-cdk-lib'
import { productBundles } from './kept-bundles.ts'
import { deploymentSettings } from './settings.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
new WorkloadIdentityStack(app, 'WorkloadIdentity', {
  ...deploymentSettings.parse(app.node.getContext('workload-identity')),
  bundles: productBundles(),
})
