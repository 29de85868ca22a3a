import { expect, test } from 'vitest'
import { googleFinding, needsGoogle, prefixOf } from '../../../cli/doctor/google.ts'

const secret = 'workload-identity/google-credentials'

const federation = {
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/aws',
  subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
  token_url: 'https://sts.googleapis.com/v1/token',
  service_account_impersonation_url:
    'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/setup@project.iam.gserviceaccount.com:generateAccessToken',
}
const key = { type: 'service_account', client_email: 'setup@project.iam', private_key: '-----BEGIN PRIVATE KEY' }

function found(value: unknown) {
  return googleFinding(secret, { value: typeof value === 'string' ? value : JSON.stringify(value) }, true)
}

test('shows the provider and the account of a federation, and the account of a key without the key', () => {
  expect(found(federation)).toEqual({
    check: 'Google',
    state: 'ok',
    found:
      'federation by projects/1/locations/global/workloadIdentityPools/pool/providers/aws, as setup@project.iam.gserviceaccount.com',
  })
  expect(found(key)).toEqual({ check: 'Google', state: 'ok', found: 'a key of setup@project.iam' })
})

test.for([
  [
    'a federation of another source than AWS',
    { ...federation, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
  ],
  ['a federation without a provider', { ...federation, audience: '//iam.googleapis.com/projects/1' }],
  ['the credentials of a user', { type: 'authorized_user', refresh_token: 'secret' }],
  ['invalid JSON', '-----BEGIN PRIVATE KEY'],
] as const)('%s is a problem', ([, value]) => {
  expect(found(value)).toMatchObject({ state: 'problem', toDo: expect.stringContaining('docs/permissions.md') })
  expect(JSON.stringify(found(value))).not.toMatch(/refresh|BEGIN/)
})

test('a missing secret is a problem only if a setup needs it, and a denied one is unknown', () => {
  expect(googleFinding(secret, 'absent', true).state).toBe('problem')
  expect(googleFinding(secret, 'absent', false).state).toBe('ok')
  expect(googleFinding(secret, 'denied', true).state).toBe('unknown')
})

test('a spec with a bucket needs Google, and one with a hosted issuer does not', () => {
  expect(needsGoogle({ discovery: { bucket: 'keys' } })).toBe(true)
  expect(needsGoogle({ discovery: { hosting: 'deployment' } })).toBe(false)
  expect(needsGoogle({})).toBe(false)
})

test('the prefix is from the secret of the cluster, or the default', () => {
  const arn = (name: string) => `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${name}-AbCdEf`
  expect(prefixOf(arn('team/identity/prod/user-cluster'))).toBe('team/identity')
  expect(prefixOf(undefined)).toBe('workload-identity')
})
