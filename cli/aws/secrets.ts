import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { SecretPlace } from '../connect/secret-place.ts'
import { type AwsSettings, awsAnswer } from './settings.ts'

/** What Secrets Manager gives to the person who asks. */
export type SecretRead = { readonly value: string } | 'absent' | 'denied'

/** @throws {CommandError} when there are no credentials, or they are not valid */
export async function readSecret(settings: AwsSettings, SecretId: string): Promise<SecretRead> {
  const client = new SecretsManagerClient(settings)
  try {
    const { SecretString: value } = await client.send(new GetSecretValueCommand({ SecretId }))
    return value === undefined ? 'absent' : { value }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'absent'
    if (error instanceof Error && error.name === 'AccessDeniedException') return 'denied'
    return awsAnswer(`the secret ${SecretId}`, Promise.reject(error))
  }
}

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
