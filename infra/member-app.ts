/**
 * The app of a member account. `npm run --silent member:template` prints its template for CloudFormation and StackSets.
 */
import { App } from 'aws-cdk-lib'
import { MemberAccountStack } from './member-account.ts'
import { deploymentStack } from './member-names.ts'
import { namedFile, readSettings } from './settings-file.ts'

const app = new App()
new MemberAccountStack(app, `${deploymentStack}Member`, {
  ...readSettings({ file: namedFile(app.node.tryGetContext('settings')), region: process.env.CDK_DEFAULT_REGION }),
  deploymentStack,
})
