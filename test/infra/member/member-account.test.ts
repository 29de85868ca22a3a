/** The rights of the member stack, and the additional rights of a deployment with member accounts. */
import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { stepFunctions } from '../../../infra/functions/functions.ts'
import { steps } from '../../../infra/steps.ts'
import { memberTemplate } from '../../support/aws/member-stack.ts'
import { rightsIn } from '../../support/aws/rights-in.ts'
import { exampleStack, stackProps } from '../../support/aws/stack.ts'

const { account, region } = stackProps.env
const members = { '222233334444': { externalId: 'one' }, '333344445555': { externalId: 'two' } }
const plain = Template.fromStack(exampleStack())
const deployed = Template.fromStack(exampleStack(undefined, { accounts: members }))
const template = memberTemplate()

/** The steps that act on IAM. */
const callers = {
  reader: ['Verify'],
  writer: ['CreateRole', 'DeleteProvider', 'DeleteRole', 'NarrowTrust', 'RegisterOidc', 'RotateThumbprints'],
}
const accesses = ['reader', 'writer'] as const

const values = {
  'AWS::AccountId': '222233334444',
  'AWS::Partition': 'aws',
  DeploymentAccount: account,
  DeploymentRegion: region,
}

/** Replaces references with the parameters of the deployment, in the account 222233334444. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filled)
  if (typeof value !== 'object' || value === null) return value
  if ('Ref' in value) return Reflect.get({ ...values, ExternalId: 'one' }, String(value.Ref)) ?? value
  if ('Fn::Join' in value && Array.isArray(value['Fn::Join'])) return value['Fn::Join'][1].map(filled).join('')
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each)]))
}

const roles = Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => filled(Properties))
const statements = [...rightsIn(template).values()].flat()
const name = `WorkloadIdentity-${account}-${region}`
const callerArn = (access: string) => `arn:aws:iam::${account}:role/WorkloadIdentity-${region}-${access}`

test.each(accesses)('the member role %s trusts only one role of the deployment, with the external ID', (access) => {
  expect(roles).toContainEqual(
    expect.objectContaining({
      RoleName: `${name}-${access}`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Condition: {
              StringEquals: { 'sts:ExternalId': 'one' },
              ArnEquals: { 'aws:PrincipalArn': callerArn(access) },
            },
          },
        ],
      },
    }),
  )
})

test.each(accesses)('only the functions of its steps may assume the role of the deployment for the %s', (access) => {
  const named = Object.values(deployed.findResources('AWS::IAM::Role')).filter(({ Properties }) => Properties.RoleName)
  expect(named.map(({ Properties }) => Properties.RoleName).sort()).toEqual(
    accesses.map((each) => `WorkloadIdentity-${region}-${each}`),
  )
  const role = named.find(({ Properties }) => Properties.RoleName.endsWith(access))
  const [statement, ...others] = role?.Properties.AssumeRolePolicyDocument.Statement ?? []
  expect(others).toEqual([])
  expect(Object.keys(statement.Condition)).toEqual(['ArnEquals'])
  const trusted = [statement.Condition.ArnEquals['aws:PrincipalArn']].flat()
  expect(trusted.map((each) => each['Fn::GetAtt'][0].replace(/Role[0-9A-F]{8}$/, '')).sort()).toEqual(callers[access])
})

test('the template of a member account names no function, so that a new function does not change it', () => {
  const states = [...stepFunctions].flatMap(([state, { iamAccess }]) => (iamAccess ? [state] : []))
  expect(states.toSorted()).toEqual(Object.values(callers).flat().sort())
  const text = JSON.stringify(template.toJSON())
  expect(states.filter((state) => text.includes(`-${state}`))).toEqual([])
})

test('the reader role of a member account may only read', () => {
  const [reader] = [...rightsIn(template)].filter(([of]) => of.startsWith('Reader'))
  expect(reader?.[1].flatMap(({ Action }) => Action)).toEqual(['iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'])
})

test('the member roles allow exactly the IAM actions of the steps, on the same ARNs in the member account', () => {
  const actions = statements.flatMap(({ Action }) => Action)
  const ofSteps = [...steps.values()]
    .flatMap(({ description }) => description.aws ?? [])
    .flatMap((right) => right.actions)
  expect(new Set(actions)).toEqual(new Set(ofSteps.filter((action) => action.startsWith('iam:'))))
  const resources = new Set(statements.flatMap(({ Resource }) => filled(Resource)))
  expect(resources).toEqual(
    new Set(
      ['role/*', 'role/workload-identity/*', 'oidc-provider/*'].map((what) => `arn:aws:iam::222233334444:${what}`),
    ),
  )
  expect(new Set(statements.map(({ Effect }) => Effect))).toEqual(new Set(['Allow']))
})

test('the member roles may create roles only with the boundary and the tag of the deployment', () => {
  const creating = statements.filter(({ Action }) => [Action].flat().includes('iam:CreateRole'))
  expect(filled(creating)).toMatchObject([
    {
      Condition: {
        StringEquals: {
          'aws:RequestTag/workload-identity:deployment': `${account}/${region}/WorkloadIdentity`,
          'iam:PermissionsBoundary': `arn:aws:iam::222233334444:policy/${name}`,
        },
      },
    },
  ])
})

test('the boundary is deleted before the member roles', () => {
  const [boundary] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'))
  expect(filled(boundary?.Properties.ManagedPolicyName)).toBe(name)
  expect(boundary?.DeletionPolicy).toBeUndefined()
  expect(boundary?.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::IAM::Role'))))
})

test('the boundary denies changes to DNS records of the domains of the deployment, whose zone may be in this account', () => {
  const api = { domain: 'api.example.com', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a' }
  const text = (of: Template) => JSON.stringify(of.findResources('AWS::IAM::ManagedPolicy'))
  expect(text(memberTemplate({ api }))).toContain('"*.api.example.com"')
  expect(text(template)).not.toContain('route53:ChangeResourceRecordSetsNormalizedRecordNames')
})

test('the boundary is that of the deployment, because the account may have another deployment', () => {
  const policyOf = (of: Template) =>
    JSON.stringify(filled(Object.values(of.findResources('AWS::IAM::ManagedPolicy'))[0]?.Properties.PolicyDocument))
  expect(policyOf(template)).toBe(policyOf(plain).replaceAll('123456789012', '222233334444'))
})

test('the template needs no CDK bootstrap stack in the account', () => {
  expect(Object.keys(template.toJSON().Parameters)).toEqual(['DeploymentAccount', 'DeploymentRegion', 'ExternalId'])
  expect(template.toJSON()).not.toHaveProperty('Rules')
})

test('functions assume a role of the deployment, which may assume the member roles of the configured accounts', () => {
  const assuming = (of: Template) =>
    [...rightsIn(of)].flatMap(([name, rights]) =>
      rights.filter(({ Action }) => Action.includes('sts:AssumeRole')).map(({ Resource }) => [name, filled(Resource)]),
    )
  const rolesFor = (access: string) => Object.keys(members).map((id) => `arn:aws:iam::${id}:role/${name}-${access}`)
  expect(assuming(deployed).sort()).toEqual(
    [
      ...accesses.flatMap((access) => callers[access].map((state) => [state, callerArn(access)])),
      ['MembersReader', rolesFor('reader')],
      ['MembersWriter', rolesFor('writer')],
    ].sort(),
  )
  expect(assuming(plain)).toEqual([])
})

test('a deployment without member accounts keeps the roles that former member stacks trust, without rights', () => {
  const named = Object.values(plain.findResources('AWS::IAM::Role')).filter(({ Properties }) => Properties.RoleName)
  expect(named.map(({ Properties }) => [Properties.RoleName, Properties.Policies]).sort()).toEqual(
    accesses.map((access) => [`WorkloadIdentity-${region}-${access}`, undefined]),
  )
})
