/** The CDK app of a member account. `npm run --silent deployment -- member-template` prints its template. */
import { App } from 'aws-cdk-lib'
import { settingsOf } from '../settings/settings-file.ts'
import { MemberAccountStack } from './member-account.ts'

const app = new App()
const settings = settingsOf(app)
new MemberAccountStack(app, `${settings.name}Member`, { ...settings, deploymentStack: settings.name })
