/** A deployment with the settings of settings.yaml. */
import { App } from 'aws-cdk-lib'
import { productBundles } from '../../../infra/kept-bundles.ts'
import { checkedSettings } from '../../../infra/settings.ts'
import { settingsIn } from '../../../infra/settings-file.ts'
import { WorkloadIdentityStack } from '../../../infra/stack.ts'
import { account } from '../../../sandbox/account.ts'
import { SandboxSynthesizer } from '../../../sandbox/aws/synthesizer.ts'

const settings = checkedSettings(settingsIn(), { file: 'settings.yaml', region: account.region })
new WorkloadIdentityStack(new App(), settings.name, {
  ...settings,
  bundles: productBundles(),
  env: { account: account.id, region: account.region },
  synthesizer: new SandboxSynthesizer(),
})
