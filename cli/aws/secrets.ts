import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
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
    return awsAnswer(settings, `the secret ${SecretId}`, Promise.reject(error))
  }
}

/** Puts a value into a secret, which is made if it is not there. Gives back its ARN. */
export async function keepSecret(settings: AwsSettings, place: SecretPlace, SecretString: string): Promise<string> {
  const client = new SecretsManagerClient(settings)
  return awsAnswer(settings, `the secret ${place.name}`, putOrCreate(client, place, SecretString))
}

async function putOrCreate(
  client: SecretsManagerClient,
  { id, name }: SecretPlace,
  SecretString: string,
): Promise<string> {
  try {
    const { ARN = '' } = await client.send(new PutSecretValueCommand({ SecretId: id, SecretString }))
    return ARN
  } catch (refusal) {
    if (!mayBeAbsent(refusal)) throw refusal
    const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString })).catch((error) => {
      throw error instanceof ResourceExistsException ? refusal : error
    })
    return ARN
  }
}

/**
 * The ARN of a secret ends in random characters, so that a permission on `PREFIX/CLUSTER/*` matches no secret that does not exist: AWS
 * refuses access to it. "Access policies": https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 */
function mayBeAbsent(error: unknown): boolean {
  return (
    error instanceof ResourceNotFoundException || (error instanceof Error && error.name === 'AccessDeniedException')
  )
}
