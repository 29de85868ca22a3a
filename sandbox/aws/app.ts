import { App } from 'aws-cdk-lib'
import { productBundles } from '../../infra/kept-bundles.ts'
import { checkedSettings } from '../../infra/settings.ts'
import { settingsIn } from '../../infra/settings-file.ts'
import { WorkloadIdentityStack } from '../../infra/stack.ts'
import { account, memberAccount, otherMemberAccount } from '../account.ts'
import { localGrants } from './local-grants.ts'
import { SandboxSynthesizer } from './synthesizer.ts'

/** Settings that the examples need, and that a deployment has to choose. */
const ownSettings = {
  inlinePolicyActions: ['s3:*'],
  issuerHost: {},
  accounts: Object.fromEntries([memberAccount, otherMemberAccount].map(({ id, externalId }) => [id, { externalId }])),
  access: { grants: localGrants },
}

// The product's stack as it is; only the way into the account differs.
const app = new App()
const settings = checkedSettings(
  { ...settingsIn(), ...ownSettings },
  { file: 'sandbox/aws/app.ts', region: account.region },
)
new WorkloadIdentityStack(app, settings.name, {
  ...settings,
  bundles: productBundles(),
  env: { account: account.id, region: account.region },
  synthesizer: new SandboxSynthesizer(),
})
