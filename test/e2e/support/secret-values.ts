import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { System } from './system.ts'

/** Does something with the sandbox's Secrets Manager, as root. */
export async function onSecrets<Answer>(
  { sandbox }: System,
  act: (client: SecretsManagerClient) => Promise<Answer>,
): Promise<Answer> {
  const { endpoint } = sandbox.aws
  const client = new SecretsManagerClient({ endpoint, region: account.region, credentials: rootCredentials })
  try {
    return await act(client)
  } finally {
    client.destroy()
  }
}

/** @param SecretId name or ARN */
export async function secretValue(system: System, SecretId: string): Promise<string> {
  const { SecretString = '' } = await onSecrets(system, (client) =>
    client.send(new GetSecretValueCommand({ SecretId })),
  )
  return SecretString
}
