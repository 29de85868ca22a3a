import { App } from 'aws-cdk-lib'
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

/**
 * The product's stack as it is, in an app of its own; only the way into the account differs.
 *
 * @param bundles the folder with the bundle of each function
 */
export function localStack(bundles: string): void {
  const settings = checkedSettings(
    { ...settingsIn(), ...ownSettings },
    { file: 'sandbox/aws/local-stack.ts', region: account.region },
  )
  new WorkloadIdentityStack(new App(), settings.name, {
    ...settings,
    bundles,
    env: { account: account.id, region: account.region },
    synthesizer: new SandboxSynthesizer(),
  })
}
