/**
 * The product's stack, from which nothing remains when it is deleted: the CDK app of the acceptance. The bucket for the
 * bundles is in the context, so that the account needs no `cdk bootstrap`.
 */
import { App, CfnCustomResource, CfnResource, RemovalPolicy } from 'aws-cdk-lib'
import * as z from 'zod'
import { productBundles } from '../../infra/kept-bundles.ts'
import { settingsOf } from '../../infra/settings-file.ts'
import { WorkloadIdentityStack } from '../../infra/stack.ts'
import { SandboxSynthesizer } from '../../sandbox/aws/synthesizer.ts'

const app = new App()
const settings = settingsOf(app)
const stack = new WorkloadIdentityStack(app, settings.name, {
  ...settings,
  bundles: productBundles(),
  synthesizer: new SandboxSynthesizer(z.string().parse(app.node.tryGetContext('assetsBucket'))),
})
stack.terminationProtection = false
for (const each of stack.node.findAll()) {
  if (!(each instanceof CfnResource)) continue
  // A custom resource is nothing by itself, and that of infra/kept-hosts.ts refuses to go while a cluster is recorded.
  each.applyRemovalPolicy(each instanceof CfnCustomResource ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY)
}
