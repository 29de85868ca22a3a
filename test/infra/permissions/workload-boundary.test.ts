/**
 * Which actions a second evaluator of IAM policies allows to a role with the boundary of workloads, if the role's own policy
 * allows everything. test/escalations/workloads.ts contains the refused actions.
 */
import { describe, expect, test } from 'vitest'
import { defaultWorkloadActions } from '../../../infra/settings/workload-actions.ts'
import { account } from '../../../sandbox/account.ts'
import { type Decision, type Policy, secondDecision } from '../../peers/support/second-evaluator.ts'
import { templatePolicies } from '../../peers/support/template-policies.ts'

const named = `arn:aws:iam::${account.id}:role/reports/*`
const api = {
  domain: 'api.roles.example.com',
  certificateArn: `arn:aws:acm:${account.region}:${account.id}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
}
const boundaries = {
  default: templatePolicies().boundary,
  'with assumable roles': templatePolicies({ assumableRoleArns: [named] }).boundary,
  'with every action': templatePolicies({ workloadActions: ['*'] }).boundary,
  'with a domain': templatePolicies({ api }).boundary,
}
const session = `arn:aws:sts::${account.id}:assumed-role/reader/session`
const anything: Policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const inRegion = (service: string, what: string, region: string = account.region) =>
  `arn:aws:${service}:${region}:${account.id}:${what}`

interface RequestOptions {
  readonly boundary?: keyof typeof boundaries
  /** The principal in the policy of the resource. */
  readonly granted?: string
  readonly context?: Readonly<Record<string, string | string[]>>
}

function decision(
  action: string,
  resource: string,
  { boundary = 'default', granted, context = {} }: RequestOptions = {},
): Promise<Decision> {
  const statement = { Effect: 'Allow', Principal: { AWS: granted }, Action: action }
  const inPolicy = action.startsWith('sts:') ? statement : { ...statement, Resource: resource }
  const rights = {
    policies: [anything],
    boundary: boundaries[boundary],
    ...(granted !== undefined && { resource: { Version: '2012-10-17', Statement: [inPolicy] } as const }),
  }
  return secondDecision(rights, { action, resource, context }, session)
}

const work = [
  ['s3:PutObject', 'arn:aws:s3:::reports/one'],
  ['dynamodb:PutItem', inRegion('dynamodb', 'table/orders')],
  ['sqs:SendMessage', inRegion('sqs', 'orders')],
  ['secretsmanager:GetSecretValue', inRegion('secretsmanager', 'secret:orders/password-aBcDeF')],
  ['lambda:InvokeFunction', inRegion('lambda', 'function:orders')],
  ['ssm:GetParameter', inRegion('ssm', 'parameter/orders/url')],
] as const

describe('the boundary of a workload', () => {
  test.each(work)('allows a workload %s on %s', async (action, resource) => {
    expect(await decision(action, resource)).toBe('allowed')
  })

  const records = (name: string, type = 'A') => ({
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': [name],
    'route53:ChangeResourceRecordSetsRecordTypes': [type],
  })
  const zone = 'arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ'

  test.each<[string, string, string, Readonly<Record<string, string | string[]>>]>([
    [
      'events with another source',
      'events:PutEvents',
      inRegion('events', 'event-bus/default'),
      { 'events:source': ['orders'] },
    ],
    ['metrics in another namespace', 'cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'Orders' }],
    ['records of other names', 'route53:ChangeResourceRecordSets', zone, records('orders.example.com')],
    [
      'records of a name that ends with the domain, but is no subdomain',
      'route53:ChangeResourceRecordSets',
      zone,
      records(`x${api.domain}`),
    ],
    ['records of the parent domain', 'route53:ChangeResourceRecordSets', zone, records('example.com')],
    ['another API', 'execute-api:Invoke', inRegion('execute-api', 'another/$default/GET/v1/orders'), {}],
    ['objects in its own bucket', 's3:PutObject', 'arn:aws:s3:::reports/one', {}],
    ['access points of other buckets', 's3:GetObject', inRegion('s3', 'accesspoint/reports/object/one'), {}],
  ])('lets a workload use %s', async (_, action, resource, context) => {
    expect(await decision(action, resource, { boundary: 'with a domain', context })).toBe('allowed')
  })

  test('does not limit rights from a resource policy that names the session, unless the boundary denies the action', async () => {
    const another = inRegion('events', 'rule/another')
    expect(await decision('events:PutRule', another)).toBe('implicit deny')
    expect(await decision('events:PutRule', another, { granted: session })).toBe('allowed')
  })

  test('lets a workload assume only the roles of the settings, even if other roles trust its session', async () => {
    const options = { boundary: 'with assumable roles', granted: session } as const
    const [report, other] = ['reports/monthly', 'cdk-hnb659fds-deploy-role'].map(
      (name) => `arn:aws:iam::${account.id}:role/${name}`,
    )
    expect(await decision('sts:AssumeRole', report ?? '', options)).toBe('allowed')
    expect(await decision('sts:AssumeRole', other ?? '', options)).toBe('explicit deny')
    expect(await decision('sts:AssumeRole', report ?? '', { granted: session })).toBe('explicit deny')
    expect(await decision('sts:AssumeRole', other ?? '', { boundary: 'with every action' })).toBe('explicit deny')
  })

  test('denies the actions of IAM only if its list of actions contains some', () => {
    const denied = (of: Policy) => JSON.stringify(of.Statement.filter(({ Effect }) => Effect === 'Deny'))
    expect(denied(boundaries.default)).not.toContain('"iam:*"')
    expect(denied(boundaries['with every action'])).toContain('"iam:*"')
    expect(denied(templatePolicies({ workloadActions: [...defaultWorkloadActions, 'IAM:Get*'] }).boundary)).toContain(
      '"iam:*"',
    )
  })
})
