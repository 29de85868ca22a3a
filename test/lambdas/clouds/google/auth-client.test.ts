import { AwsClient, JWT } from 'google-auth-library'
import { describe, expect, test } from 'vitest'
import { authClientFrom } from '../../../../lambdas/clouds/google/auth-client.ts'
import { InvalidCredentials } from '../../../../lambdas/errors/step-errors.ts'

const key = {
  type: 'service_account',
  client_email: 'a@p.iam.gserviceaccount.com',
  private_key: '-----BEGIN PRIVATE KEY-----\nplanted-text\n-----END PRIVATE KEY-----\n',
}
const external = {
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/aws/providers/aws',
  subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
  token_url: 'https://sts.googleapis.com/v1/token',
  service_account_impersonation_url:
    'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p.iam.gserviceaccount.com:generateAccessToken',
  credential_source: {
    environment_id: 'aws1',
    region_url: 'http://169.254.169.254/latest/meta-data/placement/availability-zone',
    url: 'http://169.254.169.254/latest/meta-data/iam/security-credentials',
    regional_cred_verification_url: 'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
  },
}

function refusal(configuration: unknown): string {
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration)
  try {
    authClientFrom(text, 'prefix/google-credentials')
  } catch (error) {
    if (error instanceof InvalidCredentials) return `${error.message} ${String(error.cause)}`
    throw error
  }
  throw new Error('it was accepted')
}

describe('authClientFrom', () => {
  test("accepts a service account's key", () => {
    expect(authClientFrom(JSON.stringify(key), 'secret')).toBeInstanceOf(JWT)
  })

  test("accepts an external account whose source is AWS, as Google's tools write it", () => {
    expect(authClientFrom(JSON.stringify(external), 'secret')).toBeInstanceOf(AwsClient)
  })

  test.each([
    [
      'a program',
      {
        ...external,
        credential_source: { executable: { command: 'id' } },
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      },
    ],
    ['a file', { ...external, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }],
    ["a user's login", { type: 'authorized_user', client_id: 'a', client_secret: 'planted-text', refresh_token: 'b' }],
    ['impersonation of another source', { type: 'impersonated_service_account', source_credentials: key }],
    ['another token endpoint', { ...external, token_url: 'https://attacker.example/token' }],
    ['a similar token endpoint', { ...external, token_url: 'https://googleapis.com.attacker.example/' }],
    ['a token endpoint behind a user name', { ...external, token_url: 'https://sts.googleapis.com@attacker.example/' }],
    ['another impersonation endpoint', { ...external, service_account_impersonation_url: 'http://169.254.169.254/' }],
    ['another universe', { ...key, universe_domain: 'attacker.example' }],
    ['a key without a key', { ...key, private_key: undefined }],
    ['no JSON', '{"private_key": "planted-text'],
    ['nothing', ''],
    ['null', 'null'],
  ])('refuses %s, and does not repeat it', (_what, configuration) => {
    const message = refusal(configuration)
    expect(message).toContain('prefix/google-credentials: it holds no credential configuration')
    expect(message).not.toContain('planted-text')
  })
})
