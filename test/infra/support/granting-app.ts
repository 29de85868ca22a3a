import { App } from 'aws-cdk-lib'
import { productBundles } from '../../../infra/functions/kept-bundles.ts'
import { localStack } from '../../../sandbox/aws/local-stack.ts'

/** Synthesizes the stack of the product with an administrator grant to this IAM role. */
export function synthesizeGranting(role: unknown): void {
  const access = { grants: [{ name: 'platform', role: 'administrator', to: [{ iam: role }] }] }
  localStack(new App(), { bundles: productBundles(), chosen: { access } })
}
