import type { App } from 'aws-cdk-lib'
import { checkedSettings } from '../../infra/settings/settings.ts'
import { settingsIn } from '../../infra/settings/settings-file.ts'
import { WorkloadIdentityStack } from '../../infra/stack.ts'
import { account, memberAccount, otherMemberAccount } from '../account.ts'
import { localGrants } from './local-grants.ts'
import { SandboxSynthesizer } from './synthesizer.ts'

/** The settings that the examples need. The limit is high, because one local user usually makes all requests. */
export const sandboxSettings = {
  inlinePolicyActions: ['s3:*'],
  issuerHost: {},
  accounts: Object.fromEntries([memberAccount, otherMemberAccount].map(({ id, externalId }) => [id, { externalId }])),
  access: { grants: localGrants },
  limits: { runningPerCaller: 100 },
}

/**
 * Adds the product's stack to the app, unchanged except for the sandbox's synthesizer.
 *
 * @param bundles the folder with the bundle of each function
 * @param chosen settings that replace those of settings.yaml
 */
export function localStack(app: App, { bundles, chosen }: { readonly bundles: string; readonly chosen: object }): void {
  const settings = checkedSettings({ ...settingsIn(), ...chosen }, { file: 'settings.yaml', region: account.region })
  new WorkloadIdentityStack(app, settings.name, {
    ...settings,
    bundles,
    env: { account: account.id, region: account.region },
    synthesizer: new SandboxSynthesizer(),
  })
}
