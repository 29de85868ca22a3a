import { type AuthClient, AwsClient, JWT } from 'google-auth-library'
import * as z from 'zod/mini'
import { InvalidCredentials } from '../../errors/step-errors.ts'
import { secretsManager } from '../aws/clients/secrets-manager.ts'

const scopes = ['https://www.googleapis.com/auth/devstorage.full_control']

/** The time limit for each request to a token endpoint. */
const transporterOptions = { timeout: 10_000 }

const googleUrl = z.string().check(z.regex(/^https:\/\/[a-z0-9.-]+\.googleapis\.com\/[^?#]+$/))

/** The key file of a service account: https://cloud.google.com/iam/docs/keys-create-delete */
const serviceAccountKey = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string().check(z.startsWith('-----BEGIN')),
  private_key_id: z.optional(z.string()),
})

/**
 * The configuration for workload identity federation, in which this function's own role gets Google credentials:
 * https://cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
 */
const awsConfiguration = z.object({
  type: z.literal('external_account'),
  audience: z.string(),
  subject_token_type: z.literal('urn:ietf:params:aws:token-type:aws4_request'),
  token_url: googleUrl,
  service_account_impersonation_url: z.optional(googleUrl),
})

const universe = z.object({ universe_domain: z.optional(z.literal('googleapis.com')) })
const configuration = z.union([z.extend(serviceAccountKey, universe.shape), z.extend(awsConfiguration, universe.shape)])

/**
 * Returns the client of Google's token endpoints for a credential configuration. The configuration is a service
 * account's key, or an external account whose source is AWS, which needs no key. Other configurations are rejected,
 * because they could make this function run a program, read a file or send data to a host that is not Google's.
 *
 * @param text the value of the secret
 * @param secret the name of the secret, for errors
 * @throws {InvalidCredentials} when the secret holds neither of these configurations
 */
export function authClientFrom(text: string, secret: string): AuthClient {
  const parsed = configuration.safeParse(parseJson(text))
  if (!parsed.success) throw malformed(secret)
  const { data } = parsed
  if (data.type === 'service_account') {
    return new JWT({
      email: data.client_email,
      key: data.private_key,
      ...(data.private_key_id && { keyId: data.private_key_id }),
      scopes,
      transporterOptions,
    })
  }
  return new AwsClient({
    type: data.type,
    audience: data.audience,
    subject_token_type: data.subject_token_type,
    token_url: data.token_url,
    ...(data.service_account_impersonation_url && {
      service_account_impersonation_url: data.service_account_impersonation_url,
    }),
    scopes,
    transporterOptions,
    aws_security_credentials_supplier: ownRole,
  })
}

/** The function's own credentials, from the same provider chain as the SDK clients. */
const ownRole = {
  getAwsRegion: () => secretsManager.config.region(),
  async getAwsSecurityCredentials() {
    const { accessKeyId, secretAccessKey, sessionToken } = await secretsManager.config.credentials()
    return { accessKeyId, secretAccessKey, ...(sessionToken && { token: sessionToken }) }
  },
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function malformed(secret: string): InvalidCredentials {
  return new InvalidCredentials({
    object: secret,
    reason: 'it holds no credential configuration for Google Cloud that can be used',
    action:
      "Store in it a file that Google's tools write: a service account's key, or an external_account configuration with AWS as its source",
  })
}
