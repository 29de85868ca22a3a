import { describe, expect, test } from 'vitest'
import { checkedSettings } from '../../../infra/settings/settings.ts'
import { settingsIn as fileSettings } from '../../../infra/settings/settings-file.ts'
import { accessSettings } from '../../../lambdas/access/configuration.ts'
import { keysIn } from '../../support/aws/kms-keys.ts'

const settings = { ...fileSettings(), access: accessSettings.parse(fileSettings().access) }
const withAccess = (more: object) => ({ ...settings, access: { ...settings.access, ...more } })

/** @param region of the stack */
const read = (given: unknown, region?: string) => checkedSettings(given, { file: 'settings.yaml', region })

function mistakesIn(given: unknown, region?: string): string {
  try {
    read(given, region)
    return ''
  } catch (error) {
    return String(error)
  }
}

test('the settings of settings.yaml are valid, and grant access to only one role of the own account', () => {
  const { access, inlinePolicyActions, kmsKeys } = read(settings)
  expect(access.grants).toEqual([
    { name: 'administrators', role: 'administrator', to: [{ iam: { role: 'WorkloadIdentityAdministrator' } }] },
  ])
  expect([access.issuers, access.policies, inlinePolicyActions, kmsKeys]).toEqual([{}, {}, [], {}])
})

test('the error for a deployment without grants says to name an administrator', () => {
  const { access: _, ...without } = settings
  expect(mistakesIn(without)).toContain('access')
  expect(mistakesIn(withAccess({ grants: [] }))).toContain('access.grants: name no administrator')
})

test('the error for policies that violate the schema has a line with the name of each', () => {
  const policies = {
    typo: 'forbid (principal, action == Action::"start-setups", resource);',
    half: 'forbid (principal',
    fine: 'forbid (principal, action == Action::"force", resource);',
  }
  const lines = mistakesIn(withAccess({ policies })).split('\n')
  expect(lines[0]).toBe('Error: Correct the settings in settings.yaml (docs/settings.md says what each takes):')
  expect(lines.slice(1).every((line) => line.startsWith('  access.policies: the policy '))).toBe(true)
  expect(lines.join('\n')).toMatch(/the policy typo: .*unrecognized action/)
  expect(lines.join('\n')).toContain('the policy half: failed to parse')
  expect(lines.join('\n')).not.toContain('the policy fine')
})

test('grants for five hundred teams are valid', () => {
  const teams = Array.from({ length: 500 }, (_, index) => ({
    name: `team-${index}`,
    role: 'developer',
    to: [{ jwt: { issuer: 'staff', claims: { groups: `Team ${index}` } } }],
    clusters: ['prod-eu', 'prod-us'],
    namespaces: [`team-${index}-*`],
    policyArns: [`arn:aws:iam::*:policy/team-${index}/*`],
  }))
  const issuers = { staff: { issuer: 'https://login.example.com', audience: ['api'] } }
  expect(mistakesIn(withAccess({ grants: [...settings.access.grants, ...teams], issuers }))).toBe('')
})

test.each(['*', 'arn:aws:iam::*:role/reports', 'reports'])('%s is refused as an assumable role', (arn) => {
  expect(mistakesIn({ ...settings, assumableRoleArns: [arn] })).toContain('assumableRoleArns.0: ')
})

test.each(['cdk-hnb659fds-deploy-role-000000000000-eu-west-1', '*', 'c*'])(
  'the role %s is refused, because CDK deploys with it',
  (name) => {
    const arn = `arn:aws:iam::000000000000:role/${name}`
    expect(mistakesIn({ ...settings, assumableRoleArns: [arn] })).toContain('covers roles that CDK uses to deploy')
    expect(mistakesIn({ ...settings, assumableRoleArns: ['arn:aws:iam::000000000000:role/reports/*'] })).toBe('')
  },
)

const id = '1234abcd-12ab-34cd-56ef-1234567890ab'

test.each([`key/${id}`, 'key/mrk-1234abcd12ab34cd56ef1234567890ab'])('kmsKeys accepts the ARN of %s', (name) => {
  const kmsKeys = { table: `arn:aws:kms:eu-west-1:111122223333:${name}` }
  expect(read({ ...settings, kmsKeys }, 'eu-west-1').kmsKeys).toEqual(kmsKeys)
})

test.each([
  ['an alias', 'arn:aws:kms:eu-west-1:111122223333:alias/records'],
  ["a key's ID alone", id],
  ['the name of an alias', 'alias/records'],
  ['a key without account', `arn:aws:kms:eu-west-1::key/${id}`],
  ['a pattern', 'arn:aws:kms:eu-west-1:111122223333:key/*'],
  ['another service', `arn:aws:iam:eu-west-1:111122223333:key/${id}`],
])('kmsKeys refuses %s', (_, arn) => {
  for (const name of ['secrets', 'table', 'topic', 'logs']) {
    expect(mistakesIn({ ...settings, kmsKeys: { [name]: arn } }).split('\n')).toEqual([
      'Error: Correct the settings in settings.yaml (docs/settings.md says what each takes):',
      `  kmsKeys.${name}: is not the ARN of a KMS key such as arn:aws:kms:REGION:ACCOUNT:key/${id}; an alias is not allowed`,
    ])
  }
})

test('kmsKeys refuses other names', () => {
  expect(mistakesIn({ ...settings, kmsKeys: { queue: keysIn().topic } })).toContain(
    'kmsKeys.queue: is not a setting: use secrets, table, topic, logs',
  )
})

/** The settings of settings.yaml with ARNs of this partition in every setting that accepts ARNs. */
function settingsIn(partition: string, region: string) {
  const policy = `arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess`
  const developers = { name: 'developers', role: 'developer', to: [{ iam: { role: 'Developer' } }] }
  const grant = { ...developers, clusters: ['*'], namespaces: ['*'], policyArns: ['*', policy] }
  return {
    ...withAccess({ grants: [...settings.access.grants, grant] }),
    allowedPolicyArns: ['arn:*:iam::*:policy/any/*', policy],
    assumableRoleArns: [`arn:${partition}:iam::000000000000:role/reports`],
    kmsKeys: keysIn(partition, region),
  }
}

const linesOf = (mistakes: string) => mistakes.split('\n').slice(1)

describe.each([
  ['aws', 'eu-west-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('the ARNs of a deployment in %s', (partition, region) => {
  const own = settingsIn(partition, region)

  test('may have that partition, with and without a region', () => {
    expect([mistakesIn(own, region), mistakesIn(own)]).toEqual(['', ''])
    expect([mistakesIn({ ...own, kmsKeys: {} }, region), mistakesIn({ ...own, kmsKeys: {} })]).toEqual(['', ''])
  })

  test.each([
    ['allowedPolicyArns.1', (other: typeof own) => ({ allowedPolicyArns: other.allowedPolicyArns })],
    ['assumableRoleArns.0', (other: typeof own) => ({ assumableRoleArns: other.assumableRoleArns })],
    ['access.grants.1.policyArns.1', (other: typeof own) => ({ access: other.access })],
    ['kmsKeys.table', (other: typeof own) => ({ kmsKeys: { ...own.kmsKeys, table: other.kmsKeys.table } })],
  ])('are refused in one line when %s has another partition', (path, change) => {
    const foreign = partition === 'aws' ? 'aws-cn' : 'aws'
    const mixed = { ...own, ...change(settingsIn(foreign, region)) }
    expect(linesOf(mistakesIn(mixed, region))).toEqual([
      `  ${path}: is of the partition ${foreign}, and the region ${region} is of ${partition}: correct the ARN, or set AWS_REGION to the region to deploy to`,
    ])
    expect(linesOf(mistakesIn(mixed))).toEqual([
      `  ${path}: is of the partition ${foreign}, and the region ${region} is of ${partition}: a deployment is in one region`,
    ])
  })
})

test.each([
  ['aws-eusc', 'eusc-de-east-1'],
  ['aws-iso', 'us-iso-east-1'],
])('the partition %s is refused in one line, by its region and by an ARN', (partition, region) => {
  const refused = `is in the partition ${partition}, which is not supported: deploy to a region of aws, aws-cn, aws-us-gov`
  expect(linesOf(mistakesIn(settings, region))).toEqual([`  AWS_REGION: ${refused}`])
  const own = settingsIn(partition, region)
  expect(linesOf(mistakesIn(own, region))).toEqual([`  AWS_REGION: ${refused}`])
  expect(linesOf(mistakesIn(own))).toEqual([`  kmsKeys.secrets: ${refused}`])
  expect(linesOf(mistakesIn({ ...own, kmsKeys: {} }))).toEqual([`  allowedPolicyArns.1: ${refused}`])
})

test('a key in another region than the deployment is refused', () => {
  const kmsKeys = { ...keysIn('aws', 'eu-west-1'), topic: keysIn('aws', 'eu-west-2').topic }
  expect(linesOf(mistakesIn({ ...settings, kmsKeys }, 'eu-west-1'))).toEqual([
    '  kmsKeys.topic: is of the region eu-west-2, and the deployment is of eu-west-1: correct the ARN, or set AWS_REGION to the region to deploy to',
  ])
  expect(linesOf(mistakesIn({ ...settings, kmsKeys }))).toEqual([
    '  kmsKeys.topic: is of the region eu-west-2, and kmsKeys.secrets is of eu-west-1: a deployment is in one region',
  ])
})

test('without a region, ARNs of two partitions are refused', () => {
  const allowedPolicyArns = ['arn:aws*:iam::*:policy/any', 'arn:aws-cn:iam::aws:policy/A', 'arn:aws:iam::aws:policy/A']
  expect(linesOf(mistakesIn({ ...settings, allowedPolicyArns }))).toEqual([
    '  allowedPolicyArns.2: is of the partition aws, and allowedPolicyArns.1 is of aws-cn: a deployment is in one partition',
  ])
})

test('in a region that CDK does not know, all ARNs need the same partition', () => {
  const arns = (...partitions: string[]) => partitions.map((partition) => `arn:${partition}:iam::aws:policy/A`)
  expect(mistakesIn({ ...settings, allowedPolicyArns: arns('aws', 'aws') }, 'xx-new-1')).toBe('')
  expect(linesOf(mistakesIn({ ...settings, allowedPolicyArns: arns('aws', 'aws-cn') }, 'xx-new-1'))).toHaveLength(1)
})

test('a member account needs an ID of twelve digits and an external ID', () => {
  const accounts = (value: unknown) => mistakesIn({ ...settings, accounts: value })
  expect(accounts({ '222233334444': { externalId: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' } })).toBe('')
  expect(accounts({ '2222-3333-4444': { externalId: 'told' } })).toContain('2222-3333-4444: is not the ID of an')
  expect(accounts({ '222233334444': { externalId: 'with space' } })).toContain('an external ID of 2 to 128')
  expect(accounts({ '222233334444': {} })).toContain('accounts.222233334444.externalId')
})

test('member accounts above the size limit for variables of a function are refused', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => String(100_000_000_000 + index))
  const accounts = (count: number, externalId: string) => ({
    ...settings,
    accounts: Object.fromEntries(ids(count).map((id) => [id, { externalId }])),
  })
  expect(mistakesIn(accounts(40, 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'))).toBe('')
  expect(mistakesIn(accounts(80, 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'))).toContain('accounts: have 4321 characters')
})

test('operations are retained for 90 or 365 days by default, and at least as long as idempotency keys', () => {
  expect(read(settings).operationDays).toEqual({ looks: 90, changes: 365 })
  const withDays = (operationDays: unknown) => ({ ...settings, operationDays })
  expect(read(withDays({ looks: 7 })).operationDays).toEqual({ looks: 7, changes: 365 })
  expect(read(withDays({ changes: 3650 })).operationDays).toEqual({ looks: 90, changes: 3650 })
  expect(mistakesIn(withDays({ looks: 6 }))).toContain('operationDays.looks: is below the minimum: use 7 or more')
  expect(mistakesIn(withDays({ changes: 3651 }))).toContain(
    'operationDays.changes: is above the maximum: use 3650 or less',
  )
  expect(mistakesIn(withDays({ looks: 7.5 }))).toContain('operationDays.looks')
})
