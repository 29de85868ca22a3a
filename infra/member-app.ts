/**
 * The app of a member account. `npm run --silent member:template` prints its template for CloudFormation and StackSets.
 */
import { App } from 'aws-cdk-lib'
import { MemberAccountStack } from './member-account.ts'
import { namedFile, readSettings } from './settings-file.ts'

const app = new App()
const settings = readSettings({
  file: namedFile(app.node.tryGetContext('settings')),
  region: process.env.CDK_DEFAULT_REGION,
})
new MemberAccountStack(app, `${settings.name}Member`, { ...settings, deploymentStack: settings.name })
