/**
 * An account has a hundred OIDC providers at most, and all files share one: after each of them those of its clusters go,
 * which no other file looks at.
 */
import { DeleteOpenIDConnectProviderCommand, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam'
import { afterAll } from 'vitest'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import { system } from '../../e2e/support/system.ts'

afterAll(async () => {
  const iam = iamClient(await system())
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  for (const { Arn: OpenIDConnectProviderArn } of OpenIDConnectProviderList) {
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  }
  iam.destroy()
})
