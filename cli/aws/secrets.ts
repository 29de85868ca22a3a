import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { SecretRef } from '../connect/secret-ref.ts'
import { type AwsSettings, awsAnswer } from './settings.ts'

/** The result of reading a secret with the user's credentials. */
export type SecretRead = { readonly value: string } | 'absent' | 'denied'

/** @throws {CommandError} when the credentials are missing or not valid */
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

/** Stores a value in a secret, creates the secret if it does not exist, and returns its ARN. */
export async function storeSecret(settings: AwsSettings, secret: SecretRef, SecretString: string): Promise<string> {
  const client = new SecretsManagerClient(settings)
  return awsAnswer(settings, `the secret ${secret.name}`, putOrCreate(client, secret, SecretString))
}

async function putOrCreate(
  client: SecretsManagerClient,
  { id, name }: SecretRef,
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
 * Whether the secret may be missing. An ARN ends with random characters, so a permission on `PREFIX/CLUSTER/*` does not
 * cover a missing secret, and AWS denies access. "Access policies":
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 */
function mayBeAbsent(error: unknown): boolean {
  return (
    error instanceof ResourceNotFoundException || (error instanceof Error && error.name === 'AccessDeniedException')
  )
}
