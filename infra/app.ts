import { App } from 'aws-cdk-lib'
import { productBundles } from './kept-bundles.ts'
import { readSettings } from './settings.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
new WorkloadIdentityStack(app, 'WorkloadIdentity', {
  ...readSettings(app.node.getContext('workload-identity')),
  bundles: productBundles(),
})
