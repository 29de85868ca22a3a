import { DeleteOpenIDConnectProviderCommand, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam'
import { iamClient } from './aws-clients.ts'
import type { System } from './system.ts'

/** Deletes the chosen OIDC providers. All tests of a sandbox share one account, which can have a hundred at most. */
export async function removeProviders(system: System, isChosen: (arn: string) => boolean): Promise<void> {
  const iam = iamClient(system)
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  for (const { Arn: OpenIDConnectProviderArn = '' } of OpenIDConnectProviderList) {
    if (!isChosen(OpenIDConnectProviderArn)) continue
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  }
  iam.destroy()
}
