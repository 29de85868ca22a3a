import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { SecretPlace } from '../connect/secret-place.ts'
import { type AwsSettings, awsAnswer } from './settings.ts'

/** Puts a value into a secret, which is made if it is not there. Gives back its ARN. */
export async function keepSecret(
  settings: AwsSettings,
  { id, name }: SecretPlace,
  SecretString: string,
): Promise<string> {
  const client = new SecretsManagerClient(settings)
  const { ARN = '' } = await awsAnswer(
    `the secret ${name}`,
    client.send(new PutSecretValueCommand({ SecretId: id, SecretString })).catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error
      return client.send(new CreateSecretCommand({ Name: name, SecretString }))
    }),
  )
  return ARN
}
