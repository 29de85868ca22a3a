import { DeleteOpenIDConnectProviderCommand, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam'
import { iamClient } from './aws-clients.ts'
import type { System } from './system.ts'

/** Deletes the OIDC providers whose ARNs are chosen. An account has a hundred at most, and all tests of a sandbox share it. */
export async function removeProviders(system: System, isChosen: (arn: string) => boolean): Promise<void> {
  const iam = iamClient(system)
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  for (const { Arn: OpenIDConnectProviderArn = '' } of OpenIDConnectProviderList) {
    if (!isChosen(OpenIDConnectProviderArn)) continue
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  }
  iam.destroy()
}
