import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { plannedIn, readPlanned } from '../../../../cli/doctor/deployment/planned.ts'
import { WrongUse } from '../../../../cli/errors.ts'
import { deploymentSettings } from '../../../../infra/settings/settings.ts'

const arn = (region: string) => `arn:aws:acm:${region}:111122223333:certificate/1234abcd`

const settings = {
  secretPrefix: 'workload-identity',
  rolePath: '/workload-identity/',
  allowedPolicyArns: [],
  access: {
    issuers: { staff: { issuer: 'https://login.example.com', audience: ['workload-identity'] } },
    grants: [
      {
        name: 'platform',
        role: 'administrator',
        to: [
          { iam: { role: 'Platform' } },
          { iam: { user: 'ada' } },
          { jwt: { issuer: 'staff', claims: { group: 'platform' } } },
        ],
      },
      { name: 'audit', role: 'viewer', to: [{ iam: { role: 'Platform', id: 'AROA123456789012' } }], clusters: ['*'] },
    ],
  },
  api: { domain: 'api.example.com', certificateArn: arn('eu-west-1') },
  issuerHost: { domain: 'oidc.example.com', certificateArn: arn('us-east-1') },
  portal: { domain: 'roles.example.com', certificateArn: arn('us-east-1'), issuer: 'staff', clientId: 'portal' },
  webhookTimeoutSeconds: 600,
}

test('reads callers once each and certificates from settings that a deployment accepts', () => {
  expect(deploymentSettings.safeParse(settings).error).toBeUndefined()
  expect(plannedIn(stringify(settings), 'production.yaml')).toEqual({
    callers: [
      { kind: 'role', name: 'Platform', id: 'AROA123456789012' },
      { kind: 'user', name: 'ada' },
    ],
    certificates: [
      { setting: 'api', domain: 'api.example.com', arn: arn('eu-west-1') },
      { setting: 'issuerHost', domain: 'oidc.example.com', arn: arn('us-east-1') },
      { setting: 'portal', domain: 'roles.example.com', arn: arn('us-east-1') },
    ],
    iamCertificateId: undefined,
  })
})

test('settings without domains have no certificates, and hosted issuers in China have one of IAM', () => {
  const { api: _, portal: __, ...others } = settings
  expect(plannedIn(stringify({ ...others, issuerHost: {} }), 'f')).toMatchObject({ certificates: [] })
  const issuerHost = { domain: 'oidc.example.cn', iamCertificateId: 'ASCACKCEVSQ6C2EXAMPLE' }
  expect(plannedIn(stringify({ ...others, issuerHost }), 'f')).toMatchObject({
    certificates: [],
    iamCertificateId: 'ASCACKCEVSQ6C2EXAMPLE',
  })
})

test.for([
  ['no settings', '', 'f: the file is missing or wrong'],
  ['no grants', 'access: {}', 'f: access.grants is missing or wrong'],
  [
    'a wrong ARN',
    stringify({ ...settings, api: { domain: 'api.example.com', certificateArn: 'arn' } }),
    'f: api.certificateArn is missing or wrong',
  ],
  ['invalid YAML', 'access: [', 'f is not YAML'],
] as const)('a file with %s is refused with the place and the command that says more', ([, text, message]) => {
  expect(() => plannedIn(text, 'f')).toThrow(WrongUse)
  expect(() => plannedIn(text, 'f')).toThrow(message)
  expect(() => plannedIn(text, 'f')).toThrow('npx cdk synth --quiet -c settings=f')
})

test('a missing file is refused with its name', async () => {
  await expect(readPlanned('/nowhere/settings.yaml')).rejects.toThrow('/nowhere/settings.yaml: there is no such file')
})
