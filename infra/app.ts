import { App } from 'aws-cdk-lib'
import { bundle } from './bundle.ts'
import { entries } from './functions.ts'
import { deploymentSettings } from './settings.ts'
import { WorkloadIdentityStack } from './stack.ts'

const app = new App()
new WorkloadIdentityStack(app, 'WorkloadIdentity', {
  ...deploymentSettings.parse(app.node.getContext('workload-identity')),
  bundles: bundle(entries),
})
