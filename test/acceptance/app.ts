/**
 * The CDK app of the acceptance: the product's stack, whose deletion removes all resources. The context names the bucket for the
 * bundles, so that the account needs no `cdk bootstrap`.
 */
import { App } from 'aws-cdk-lib'
import * as z from 'zod'
import { productBundles } from '../../infra/built.ts'
import { settingsOf } from '../../infra/settings/settings-file.ts'
import { WorkloadIdentityStack } from '../../infra/stack.ts'
import { SandboxSynthesizer } from '../../sandbox/aws/synthesizer.ts'
import { nothingRemains } from './nothing-remains.ts'

const app = new App()
const settings = settingsOf(app)
const stack = new WorkloadIdentityStack(app, settings.name, {
  ...settings,
  bundles: productBundles(),
  synthesizer: new SandboxSynthesizer(z.string().parse(app.node.tryGetContext('assetsBucket'))),
})
nothingRemains(stack)
