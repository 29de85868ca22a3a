import { App } from 'aws-cdk-lib'
import { productBundles } from '../../../infra/functions/kept-bundles.ts'
import { checkedSettings } from '../../../infra/settings/settings.ts'
import { settingsIn } from '../../../infra/settings/settings-file.ts'
import { WorkloadIdentityStack } from '../../../infra/stack.ts'
import { account } from '../../../sandbox/account.ts'
import { SandboxSynthesizer } from '../../../sandbox/aws/synthesizer.ts'

/** Synthesizes the stack of the product with this setting `issuerHost`. */
export function synthesizeHosting(issuerHost: unknown): void {
  const app = new App()
  new WorkloadIdentityStack(app, 'Hosting', {
    ...checkedSettings({ ...settingsIn(), issuerHost }, { file: 'hosting-app.ts', region: account.region }),
    bundles: productBundles(),
    env: { account: account.id, region: account.region },
    synthesizer: new SandboxSynthesizer(),
  })
}
